package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.archive.WalArchive;

/** Two servers that were promoted at one position and did the same, and an old primary that goes to one of them. */
@Tag("server")
class BranchTest {

    @AutoClose
    private final OpenSources sources = new OpenSources();

    private Rewind rewind(PostgresServer target, PostgresServer source) throws IOException {
        return Rewind.of(target.dataDirectory()).from(sources.open(source)).durability(Durability.NO_SYNC);
    }

    private RewindPlan plan(PostgresServer target, PostgresServer source) throws IOException {
        return rewind(target, source).plan();
    }

    /** An old primary A, and B and C, all stopped. */
    private record Trio(Failover failover, PostgresServer c) implements AutoCloseable {
        static Trio of(String release) {
            Failover failover = Failover.of(PostgresServer.builder(ServerRelease.of(release))
                    .withChecksums()
                    .build());
            failover.standby().stop(StopMode.FAST);
            Trio trio = new Trio(failover, failover.standby().copy());
            trio.b().start();
            trio.c().standbyOf(trio.a());
            trio.c().start();
            trio.a().execute("CREATE TABLE t (id int)");
            trio.b().catchUpWith(trio.a());
            trio.c().catchUpWith(trio.a());
            trio.a().stop(StopMode.FAST);
            trio.b().promote();
            trio.c().promote();
            trio.b().execute("INSERT INTO t VALUES (1)", "CHECKPOINT");
            trio.c().execute("INSERT INTO t VALUES (2)", "CHECKPOINT");
            trio.b().stop(StopMode.FAST);
            trio.c().stop(StopMode.FAST);
            trio.a().start();
            trio.a().execute("INSERT INTO t VALUES (0)");
            trio.a().stop(StopMode.FAST);
            return trio;
        }

        PostgresServer a() {
            return failover.primary();
        }

        PostgresServer b() {
            return failover.standby();
        }

        @Override
        public void close() {
            try (failover) {
                c.close();
            }
        }
    }

    private static Problem onlyProblem(RewindPlan plan) {
        assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
        JsonSchemas.assertValid(plan);
        assertThat(plan.problems()).hasSize(1);
        return plan.problems().get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "13", "18"})
    void rewindToOneBranchIsNotTakenForOneToAnother(String release) throws IOException {
        try (Trio trio = Trio.of(release);
                PostgresServer interrupted = trio.a().copy()) {
            RewindPlan plan = plan(trio.a(), trio.b());
            assertThat(plan.verdict()).as(plan.problems().toString()).isEqualTo(Verdict.REWIND);
            plan.execute();

            assertThat(plan(trio.a(), trio.b()).verdict()).isEqualTo(Verdict.ALREADY_REWOUND);
            Problem rewound = onlyProblem(plan(trio.a(), trio.c()));
            assertThat(rewound.kind()).isEqualTo(Kind.BACKUP_LABEL_PRESENT);
            assertThat(rewound.message())
                    .isEqualTo("the target was rewound to another branch than the source's, though both are on timeline"
                            + " 2, and was not started since");

            interruptAfterSeal(interrupted, trio.b());
            assertThat(plan(interrupted, trio.b()).verdict()).isEqualTo(Verdict.RESUME);
            Problem sealed = onlyProblem(plan(interrupted, trio.c()));
            assertThat(sealed.kind()).isEqualTo(Kind.OTHER_REWIND_INTERRUPTED);
            assertThat(sealed.message())
                    .startsWith("an earlier rewind of the target was interrupted, and went to another branch than the"
                            + " source's: to timeline 2 that began at ");
            Path manifest = interrupted.dataDirectory().resolve("pgrewind4j.staging/manifest");
            assertThat(sealed.cure())
                    .isEqualTo(
                            "finish it first (resume, which needs no source), start the target as a standby until it is"
                                    + " consistent, stop it, and plan again; or, as nothing of it has been applied yet, remove \""
                                    + manifest + "\" and plan again.");

            Files.delete(manifest);
            RewindPlan other = plan(interrupted, trio.c());
            assertThat(other.verdict()).as(other.problems().toString()).isEqualTo(Verdict.REWIND);
            other.execute();
            assertFollows(interrupted, trio.c(), "2");
            assertFollows(trio.a(), trio.b(), "1");
        }
    }

    private static void assertFollows(PostgresServer target, PostgresServer source, String row) {
        source.start();
        target.standbyOf(source);
        target.start();
        target.catchUpWith(source);
        assertThat(target.query("SELECT id FROM t")).isEqualTo(List.of(List.of(row)));
        target.stop(StopMode.FAST);
        source.stop(StopMode.FAST);
    }

    private void interruptAfterSeal(PostgresServer target, PostgresServer source) throws IOException {
        RewindListener interrupting = new RewindListener() {
            @Override
            public void phaseStarted(Phase phase) {
                if (phase == Phase.APPLY) {
                    throw new IllegalStateException("interrupted");
                }
            }
        };
        RewindPlan plan = rewind(target, source).listener(interrupting).plan();
        assertThatThrownBy(plan::execute).hasMessageContaining("interrupted");
    }

    /** The last records of both look the same: what running transactions there are, and nothing of who wrote it. */
    @ParameterizedTest
    @ValueSource(strings = {"9.6", "18"})
    void branchesThatTheirWalNoLongerTellsApartAreNotTakenForOne(String release) throws IOException {
        try (Trio trio = Trio.of(release)) {
            assertThat(onlyProblem(plan(trio.b(), trio.c())).kind()).isEqualTo(Kind.HISTORY_DIFFERS);

            keepOnlyLastSegment(trio.c());
            Problem problem = onlyProblem(plan(trio.b(), trio.c()));

            assertThat(problem.kind()).isEqualTo(Kind.HISTORY_UNKNOWN);
            assertThat(problem.message())
                    .matches(
                            "it cannot be told whether both have the same history up to [0-9A-F/]+: target and source have"
                                    + " no WAL in common that shows it, such as segment [0-9A-F]{24}");
        }
    }

    /** B becomes C by contents, and both have archived to one place. */
    @ParameterizedTest
    @ValueSource(strings = {"9.6", "18"})
    void comparedTargetIsNotStartedOnTheOtherBranchesArchivedWal(String release, @TempDir Path archive)
            throws IOException {
        try (Trio trio = Trio.of(release);
                PostgresServer labelled = trio.b().copy()) {
            // Else both can have stopped with the very same record in the same second.
            trio.c().start();
            trio.c().execute("INSERT INTO t SELECT 2 FROM generate_series(1, 1000)");
            trio.c().stop(StopMode.FAST);
            assertThat(comparison(trio.b(), trio.c(), archive).verdict()).isEqualTo(Verdict.COMPARE);
            copySegments(trio.c(), archive);
            RewindPlan own = comparison(trio.b(), trio.c(), archive);
            assertThat(own.verdict()).isEqualTo(Verdict.COMPARE);
            assertThat(own.warnings()).isEmpty();

            // Of the first timeline, and of the second one up to before the end.
            Files.writeString(
                    archive.resolve("00000003.history"), "1\t0/1000028\tno reason\n2\t0/1000100\tno reason\n");
            assertThat(comparison(trio.b(), trio.c(), archive).warnings())
                    .containsExactly(new Warning(
                            Warning.Kind.ABANDONED_TIMELINE_ARCHIVED,
                            "the archive has the history of timeline 3, which leaves timeline 2 before "
                                    + own.replayEnd().orElseThrow()
                                    + ": a standby that follows the latest timeline finds it there, and stops",
                            "remove \"00000003.history\" from the archive before the server is started, or set"
                                    + " recovery_target_timeline = '2' until the source is on a later one."));

            copySegments(trio.b(), archive);
            Problem problem = onlyProblem(comparison(trio.b(), trio.c(), archive));
            assertThat(problem.kind()).isEqualTo(Kind.HISTORY_DIFFERS);
            assertThat(problem.message())
                    .isEqualTo(
                            "an archive holds WAL segments of another branch than the source's under the names of those"
                                    + " that replay reads: " + own.wal().get(0).segment());

            // A standby would restore them after a rewind by WAL as well.
            assertThat(onlyProblem(rewindWith(trio.a(), trio.c(), archive)))
                    .satisfies(found -> assertThat(found.kind()).isEqualTo(Kind.HISTORY_DIFFERS))
                    .satisfies(found -> assertThat(found.message())
                            .startsWith("an archive holds WAL segments of another branch than the source's"));
            copySegments(trio.c(), archive);
            assertThat(rewindWith(trio.a(), trio.c(), archive).verdict()).isEqualTo(Verdict.REWIND);

            // What says how its old files were to be replayed.
            Files.writeString(labelled.dataDirectory().resolve("backup_label"), "START WAL LOCATION: 0/1000028\n");
            Files.writeString(labelled.dataDirectory().resolve("tablespace_map"), "16384 /nowhere\n");
            assertThat(plan(labelled, trio.c()).problems())
                    .extracting(Problem::kind)
                    .containsExactly(Kind.BACKUP_LABEL_PRESENT, Kind.HISTORY_DIFFERS);
            Rewound.byContents(labelled, trio.c()).startAndCompare();
            assertThat(labelled.dataDirectory().resolve("tablespace_map")).doesNotExist();
            assertThat(labelled.dataDirectory().resolve("tablespace_map.old")).doesNotExist();
        }
    }

    private RewindPlan comparison(PostgresServer target, PostgresServer source, Path archive) throws IOException {
        return rewind(target, source)
                .compare(Compare.NEEDED)
                .walFrom(WalArchive.of(archive))
                .plan();
    }

    private RewindPlan rewindWith(PostgresServer target, PostgresServer source, Path archive) throws IOException {
        return rewind(target, source).walFrom(WalArchive.of(archive)).plan();
    }

    private static void copySegments(PostgresServer from, Path archive) throws IOException {
        try (Stream<Path> files = Files.list(walDirectory(from))) {
            for (Path segment : files.filter(
                            file -> file.getFileName().toString().matches("00000002[0-9A-F]{16}"))
                    .toList()) {
                Files.copy(segment, archive.resolve(segment.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static Path walDirectory(PostgresServer server) {
        return server.dataDirectory().resolve(server.release().isAtLeast(10) ? "pg_wal" : "pg_xlog");
    }

    /** As a running server does, which recycles what it no longer needs. */
    private static void keepOnlyLastSegment(PostgresServer server) throws IOException {
        server.start();
        for (int i = 0; i < 3; i++) {
            server.execute("INSERT INTO t VALUES (3)");
            server.switchWal();
        }
        server.checkpoint();
        server.stop(StopMode.FAST);
        try (Stream<Path> files = Files.list(walDirectory(server))) {
            List<Path> segments = files.filter(
                            file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
                    .sorted()
                    .toList();
            for (Path segment : segments.subList(0, 3)) {
                Files.delete(segment);
            }
        }
    }
}
