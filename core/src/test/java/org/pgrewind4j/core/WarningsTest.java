package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.DirectoryWalSource;

/** What forbids no rewind, but keeps the server from starting on its result or from following. */
@Tag("server")
class WarningsTest {

    static List<ServerRelease> oldestAndNewest() {
        return List.of(ServerRelease.of("9.6"), ServerRelease.newest());
    }

    /** Recovery targets are settings of every server from 12 on. */
    static List<ServerRelease> withRecoverySettings() {
        return List.of(ServerRelease.of("13"), ServerRelease.newest());
    }

    private static DivergedPair pair(ServerRelease release) {
        return DivergedPair.of(PostgresServer.builder(release).withChecksums());
    }

    private static RewindReport rewind(DivergedPair pair, UnaryOperator<Rewind> options) throws IOException {
        try (LocalDirectoryTransport source =
                LocalDirectoryTransport.open(pair.source().dataDirectory())) {
            RewindPlan plan = options.apply(Rewind.of(pair.target().dataDirectory())
                            .from(source)
                            .durability(Durability.NO_SYNC))
                    .plan();
            assertThat(plan.problems()).isEmpty();
            JsonSchemas.assertValid(plan);
            RewindReport report = plan.execute();
            JsonSchemas.assertValid(report);
            assertThat(report.warnings()).isEqualTo(plan.warnings());
            return report;
        }
    }

    private static void restart(PostgresServer server, String connections) {
        server.configure("max_connections", connections);
        server.start();
        server.stop(StopMode.FAST);
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void tellsWhatReplayNeedsMoreThanIsConfigured(ServerRelease release) throws IOException {
        try (DivergedPair pair = pair(release)) {
            restart(pair.source(), "70");
            restart(pair.source(), "30");

            assertThat(rewind(pair, rewind -> rewind).warnings())
                    .containsExactly(new Warning(
                            Warning.Kind.PARAMETER_TOO_LOW,
                            "replay goes through a time when the source was configured for more than the target: it needs"
                                    + " at least max_connections = 70 (now 30)",
                            "set that before the server is started; it can be lowered when it has caught up."));

            pair.source().start();
            pair.target().standbyOf(pair.source());
            assertThat(pair.target().refusedStart()).contains("max_connections = 30 is a lower setting than");
            pair.target().configure("max_connections", "70");
            pair.target().start();
            pair.target().catchUpWith(pair.source());
        }
    }

    @ParameterizedTest
    @MethodSource("withRecoverySettings")
    void takesRecoveryTargetsOutOfAWrittenConfiguration(ServerRelease release) throws IOException {
        try (DivergedPair pair = pair(release)) {
            PostgresServer source = pair.source();
            Files.writeString(
                    source.dataDirectory().resolve("postgresql.auto.conf"),
                    "recovery_target_lsn = '0/1'\nwork_mem = '7MB'\n",
                    StandardOpenOption.APPEND);
            source.configure("recovery_target_timeline", "1");
            StandbySettings standby =
                    StandbySettings.of("host=127.0.0.1 port=" + source.port() + " user=postgres sslmode=disable");

            assertThat(rewind(pair, rewind -> rewind.standby(standby)).warnings())
                    .isEmpty();

            source.start();
            pair.target().start();
            pair.target().catchUpWith(source);
            assertThat(pair.target().isInRecovery()).isTrue();
            assertThat(pair.target().value("SHOW work_mem")).isEqualTo("7MB");
            assertThat(pair.target().value("SHOW recovery_target_timeline")).isEqualTo("latest");
        }
    }

    @ParameterizedTest
    @MethodSource("withRecoverySettings")
    void tellsOfRecoveryTargetsThatTheConfigurationBrings(ServerRelease release) throws IOException {
        try (DivergedPair pair = pair(release)) {
            pair.source().configure("recovery_target_lsn", "0/1");

            assertThat(rewind(pair, rewind -> rewind).warnings())
                    .containsExactly(new Warning(
                            Warning.Kind.RECOVERY_TARGET_SET,
                            "the configuration that the target will have sets recovery_target_lsn = '0/1': a standby"
                                    + " stops there",
                            "take that out before the server is started as a standby."));

            pair.target().standbyOf(pair.source());
            assertThat(pair.target().refusedStart())
                    .contains("requested recovery stop point is before consistent recovery point");
        }
    }

    private static Path takeWalAway(DivergedPair pair, Path to) throws IOException {
        try (Stream<Path> wal = Files.list(pair.source().dataDirectory().resolve("pg_wal"))) {
            Path first = wal.filter(file -> file.getFileName().toString().matches("00000002[0-9A-F]{16}"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
            return Files.move(first, to.resolve(first.getFileName()));
        }
    }

    private static DivergedPair pairWithNewDatabase(String statement) {
        return DivergedPair.of(
                PostgresServer.builder(ServerRelease.newest()).withChecksums().walSegmentMegabytes(1),
                shared -> shared.execute("CREATE TABLE t (id int)"),
                old -> old.execute("INSERT INTO t VALUES (1)"),
                promoted -> {
                    promoted.execute(statement);
                    promoted.switchWal();
                    promoted.execute("INSERT INTO t VALUES (2)");
                });
    }

    @Test
    void refusesWalThatNobodyHasIfItCouldHaveCopiedADatabase(@TempDir Path away) throws IOException {
        try (DivergedPair pair = pairWithNewDatabase("CREATE DATABASE d STRATEGY file_copy")) {
            Path segment = takeWalAway(pair, away);
            try (LocalDirectoryTransport source =
                    LocalDirectoryTransport.open(pair.source().dataDirectory())) {
                Rewind rewind =
                        Rewind.of(pair.target().dataDirectory()).from(source).restorable(any -> true);
                Problem problem = rewind.plan().problems().get(0);
                assertThat(problem.kind()).isEqualTo(Problem.Kind.WAL_NOT_REHEARSED);
                assertThat(problem.message())
                        .matches("the source has created \"base/\\d+\" since the divergence, and the WAL that would say"
                                + " whether by copying the files of another database is not here: "
                                + segment.getFileName());
                assertThat(problem.cure())
                        .isEqualTo("name the archive that has these segments, so that they are looked at."
                                + Refused.OFFER);

                assertThat(rewind.walFrom(new DirectoryWalSource(away)).plan().verdict())
                        .isEqualTo(Verdict.REWIND);
            }
        }
    }

    @Test
    void tellsOfWalThatNobodyHas(@TempDir Path away) throws IOException {
        try (DivergedPair pair = pairWithNewDatabase("INSERT INTO t VALUES (3)")) {
            Path segment = takeWalAway(pair, away);

            assertThat(rewind(pair, rewind -> rewind.restorable(any -> true)).warnings())
                    .containsExactly(new Warning(
                            Warning.Kind.WAL_NOT_REHEARSED,
                            "whether the target can replay these WAL segments is not known, for nobody has them here: "
                                    + segment.getFileName(),
                            "name the archive that has them, so that they are looked at."));
        }
    }

    /** The one that was promoted goes back to the one that it was promoted from. */
    private static DivergedPair pairWithArchive(ServerRelease release, Path archive) {
        return DivergedPair.of(
                PostgresServer.builder(release)
                        .withChecksums()
                        .setting("archive_mode", "on")
                        .setting("archive_command", "cp %p " + archive + "/%f"),
                shared -> shared.execute("CREATE TABLE t (id int)"),
                old -> old.execute("INSERT INTO t VALUES (1)"),
                promoted -> {
                    promoted.execute("INSERT INTO t VALUES (2)");
                    promoted.switchWal();
                });
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void tellsOfTheAbandonedTimelineInTheArchive(ServerRelease release, @TempDir Path archive) throws IOException {
        try (DivergedPair pair = pairWithArchive(release, archive)) {
            PostgresServer target = pair.source();
            PostgresServer source = pair.target();
            assertThat(archive.resolve("00000002.history")).exists();
            String restore = "cp " + archive + "/%f %p";
            StandbySettings standby = StandbySettings.of(
                            "host=127.0.0.1 port=" + source.port() + " user=postgres sslmode=disable")
                    .restoreCommand(restore);
            try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
                Rewind rewind = Rewind.of(target.dataDirectory())
                        .from(transport)
                        .durability(Durability.NO_SYNC)
                        .standby(standby);
                RewindPlan plan = rewind.plan();
                assertThat(plan.warnings())
                        .containsExactly(new Warning(
                                Warning.Kind.ABANDONED_TIMELINE_ARCHIVED,
                                "the archive has the history of timeline 2, which the target leaves for 1: a standby that"
                                        + " follows the latest timeline finds it there, and stops",
                                "remove \"00000002.history\" from the archive before the server is started, or set"
                                        + " recovery_target_timeline = '1' until the source is on a later one."));
                assertThat(rewind.standby(standby.recoveryTargetTimeline("1"))
                                .plan()
                                .warnings())
                        .isEmpty();
                plan.execute();
            }
            source.start();
            assertThat(target.refusedStart()).contains("requested timeline 2");

            Files.delete(archive.resolve("00000002.history"));
            // The start that failed has fetched it.
            Files.delete(target.dataDirectory().resolve(release.walDirectory() + "/00000002.history"));
            target.start();
            target.catchUpWith(source);
        }
    }
}
