package org.pgrewind4j.core.internal.rewind.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.archive.WalArchive;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

@Tag("server")
class UnrecordedTimelineSwitchTest {

    private static Transport open(PostgresServer source) throws IOException {
        Properties login = new Properties();
        login.setProperty("user", PostgresServer.USER);
        return LiveServerTransport.ofJdbcUrl(source.jdbcUrl("postgres"), login).open();
    }

    private static TimelineId timelineOf(PostgresServer source) throws IOException {
        try (Transport transport = open(source)) {
            return transport.replayEnd().timeline();
        }
    }

    /** The source's control file says nothing yet of the timeline that it follows. */
    @ParameterizedTest
    @ValueSource(strings = {"14", "18"})
    void idleStandbyIsASourceOnTheTimelineThatItReplays(String release) throws IOException {
        try (PostgresServer primary = PostgresServer.builder(ServerRelease.of(release))
                .withChecksums()
                .setting("autovacuum", "off")
                // A page that it writes would tell.
                .setting("bgwriter_lru_maxpages", "0")
                .build()) {
            primary.initialize();
            primary.start();
            primary.stop(StopMode.FAST);
            try (PostgresServer promoted = primary.copy();
                    PostgresServer source = primary.copy()) {
                promoted.standbyOf(primary);
                source.standbyOf(primary);
                primary.start();
                promoted.start();
                source.start();
                primary.execute("CREATE TABLE shared (id int)");
                promoted.catchUpWith(primary);
                source.catchUpWith(primary);
                source.stop(StopMode.FAST);
                promoted.promote();
                primary.execute("CREATE TABLE abandoned (id int)", "INSERT INTO shared VALUES (1)");
                primary.stop(StopMode.FAST);
                Path history = Path.of("pg_wal", "00000002.history");
                Files.copy(
                        promoted.dataDirectory().resolve(history),
                        source.dataDirectory().resolve(history));

                assertThat(planOf(primary, source)).singleElement().satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(Kind.SOURCE_UNUSABLE);
                    assertThat(problem.message())
                            .startsWith("the source has begun to follow timeline 2, which leaves timeline 1 at ")
                            .endsWith(", but has replayed nothing of it yet");
                });

                Files.delete(source.dataDirectory().resolve(history));
                source.standbyOf(promoted);
                source.start();
                source.catchUpWith(promoted);
                Lsn replayed = source.replayedLsn();
                assertThat(source.value("SELECT min_recovery_end_timeline FROM pg_control_recovery()"))
                        .isEqualTo("1");

                // A timeline that it has heard of, and has no WAL of.
                Path unfollowed = source.dataDirectory().resolve(Path.of("pg_wal", "00000003.history"));
                Files.writeString(
                        unfollowed,
                        Files.readString(source.dataDirectory().resolve(history)) + "2\t" + replayed.plus(-8)
                                + "\tno recovery target specified\n");
                assertThat(timelineOf(source)).isEqualTo(new TimelineId(2));
                Files.delete(unfollowed);

                try (Transport transport = open(source)) {
                    RewindPlan plan =
                            Rewind.of(primary.dataDirectory()).from(transport).plan();

                    assertThat(plan.verdict()).as(plan.problems().toString()).isEqualTo(Verdict.REWIND);
                    assertThat(plan.replayEnd().orElseThrow()).isGreaterThanOrEqualTo(replayed);
                    plan.execute();
                }
                promoted.execute("INSERT INTO shared VALUES (2)");
                primary.standbyOf(source);
                primary.start();
                source.catchUpWith(promoted);
                primary.catchUpWith(promoted);
                assertThat(primary.query("SELECT id FROM shared")).hasToString("[[2]]");
                assertThat(primary.value("SELECT to_regclass('abandoned')")).isEmpty();
            }
        }
    }

    /** A standby notes the timeline when it is stopped, idle or not. */
    @ParameterizedTest
    @ValueSource(strings = {"9.6", "13"})
    void idleStandbyThatIsStoppedIsASourceOnTheTimelineThatItReplayed(String release) throws IOException {
        try (PostgresServer primary = PostgresServer.builder(ServerRelease.of(release))
                .withChecksums()
                .setting("autovacuum", "off")
                .setting("bgwriter_lru_maxpages", "0")
                .build()) {
            primary.initialize();
            primary.start();
            primary.stop(StopMode.FAST);
            try (PostgresServer promoted = primary.copy();
                    PostgresServer source = primary.copy()) {
                promoted.standbyOf(primary);
                primary.start();
                promoted.start();
                promoted.catchUpWith(primary);
                promoted.promote();
                primary.execute("CREATE TABLE abandoned (id int)");
                primary.stop(StopMode.FAST);
                source.standbyOf(promoted);
                source.start();
                source.catchUpWith(promoted);
                source.stop(StopMode.FAST);

                try (Transport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
                    RewindPlan plan =
                            Rewind.of(primary.dataDirectory()).from(transport).plan();
                    assertThat(plan.verdict()).as(plan.problems().toString()).isEqualTo(Verdict.REWIND);
                    plan.execute();
                }
                primary.standbyOf(promoted);
                primary.start();
                primary.catchUpWith(promoted);
                assertThat(primary.query("SELECT relname FROM pg_class WHERE relname = 'abandoned'"))
                        .isEmpty();
            }
        }
    }

    /** A crashed standby that had begun to follow a promoted server is to go back to the old primary. */
    @ParameterizedTest
    @ValueSource(strings = {"9.6", "13", "18"})
    void targetThatHasBegunToFollowAnotherServerIsNotSaidToBeInLine(String release, @TempDir Path archive)
            throws IOException {
        try (PostgresServer primary = PostgresServer.builder(ServerRelease.of(release))
                .withChecksums()
                .setting("autovacuum", "off")
                .setting("bgwriter_lru_maxpages", "0")
                .build()) {
            primary.initialize();
            primary.start();
            primary.stop(StopMode.FAST);
            try (PostgresServer promoted = primary.copy();
                    PostgresServer target = primary.copy()) {
                promoted.standbyOf(primary);
                primary.start();
                promoted.start();
                promoted.catchUpWith(primary);
                promoted.promote();
                target.standbyOf(promoted);
                target.start();
                target.catchUpWith(promoted);
                target.kill();
                primary.stop(StopMode.FAST);

                assertThat(planOf(target, primary)).singleElement().satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(Kind.HISTORY_DIFFERS);
                    assertThat(problem.message())
                            .matches("the target has begun to follow timeline 2 from [0-9A-F]+/[0-9A-F]+ on, which the"
                                    + " source does not know: its server would go on with that");
                });
                promoted.stop(StopMode.FAST);
                assertThat(planOf(target, promoted)).isEmpty();

                String directory = ServerRelease.of(release).isAtLeast(10) ? "pg_wal" : "pg_xlog";
                Path learned = target.dataDirectory().resolve(directory).resolve("00000002.history");
                Path archived = Files.move(learned, archive.resolve("00000002.history"));
                assertThat(planOf(target, primary)).isEmpty();
                assertThat(planOf(target, primary, archive)).singleElement().satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(Kind.HISTORY_DIFFERS);
                    assertThat(problem.message())
                            .matches(
                                    "an archive has the history of timeline 2, which begins at [0-9A-F]+/[0-9A-F]+, and"
                                            + " which the source does not know: a standby that follows the latest timeline would go"
                                            + " on with that");
                    assertThat(problem.cure()).contains("else set recovery_target_timeline = '1'");
                });
                assertThat(planOf(target, promoted, archive)).isEmpty();
                Files.delete(archived);
                assertThat(planOf(target, primary, archive)).isEmpty();
                primary.start();
                target.standbyOf(primary);
                target.start();
                target.catchUpWith(primary);
            }
        }
    }

    private static List<Problem> planOf(PostgresServer target, PostgresServer source, Path archive) throws IOException {
        try (Transport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            return Rewind.of(target.dataDirectory())
                    .from(transport)
                    .walFrom(WalArchive.of(archive))
                    .plan()
                    .problems();
        }
    }

    private static List<Problem> planOf(PostgresServer target, PostgresServer source) throws IOException {
        try (Transport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            return Rewind.of(target.dataDirectory()).from(transport).plan().problems();
        }
    }
}
