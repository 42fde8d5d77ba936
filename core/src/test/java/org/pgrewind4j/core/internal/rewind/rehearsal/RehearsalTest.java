package org.pgrewind4j.core.internal.rewind.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.DivergedPair;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.JsonSchemas;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Refused;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.Rewound;
import org.pgrewind4j.core.TablespacePolicy;
import org.pgrewind4j.core.TreeState;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** What the source did after the divergence, and replay cannot do on the target. */
@Tag("server")
class RehearsalTest {

    private static final String LSN = "[0-9A-F]+/[0-9A-F]+";

    @TempDir
    Path spaces;

    static List<ServerRelease> oldestAndNewest() {
        return List.of(ServerRelease.of("9.6"), ServerRelease.newest());
    }

    /** Up to 13 a standby that answers no queries went on without the data. */
    static List<ServerRelease> aroundWalLevel() {
        return List.of(ServerRelease.of("9.6"), ServerRelease.of("13"), ServerRelease.newest());
    }

    private static DivergedPair pair(
            ServerRelease release, Consumer<PostgresServer> shared, Consumer<PostgresServer> ofSource) {
        return DivergedPair.of(
                PostgresServer.builder(release).withChecksums(),
                first -> {
                    first.execute("CREATE TABLE t AS SELECT 1 AS id");
                    shared.accept(first);
                },
                old -> old.execute("INSERT INTO t VALUES (2)"),
                ofSource);
    }

    private static List<Problem> problems(DivergedPair pair) throws IOException {
        try (LocalDirectoryTransport source =
                LocalDirectoryTransport.open(pair.source().dataDirectory())) {
            return problems(pair, Rewind.of(pair.target().dataDirectory()).from(source));
        }
    }

    private static List<Problem> problems(DivergedPair pair, Rewind rewind) throws IOException {
        Map<String, String> before = TreeState.contents(pair.target().dataDirectory());
        RewindPlan plan = rewind.plan();
        assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
        JsonSchemas.assertValid(plan);
        assertThat(TreeState.contents(pair.target().dataDirectory())).isEqualTo(before);
        return plan.problems();
    }

    private static List<Problem> problemsOfLive(DivergedPair pair) throws IOException {
        pair.source().start();
        Properties login = new Properties();
        login.setProperty("user", PostgresServer.USER);
        try (LiveServerTransport source = LiveServerTransport.ofJdbcUrl(
                        pair.source().jdbcUrl("postgres"), login)
                .open()) {
            return Refused.problems(Rewind.of(pair.target().dataDirectory()).from(source));
        } finally {
            pair.source().stop(StopMode.FAST);
        }
    }

    private static void assertProblem(Problem problem, Kind kind, String message, String cure) {
        assertThat(problem.kind()).isEqualTo(kind);
        assertThat(problem.message()).matches(message);
        assertThat(problem.cure()).isEqualTo(cure);
    }

    private static void restart(PostgresServer server, String walLevel) {
        server.stop(StopMode.FAST);
        server.configure("wal_level", walLevel);
        server.configure("max_wal_senders", walLevel.equals("minimal") ? "0" : "5");
        server.start();
    }

    @ParameterizedTest
    @MethodSource("aroundWalLevel")
    void refusesASourceThatRanWithoutWalForStandbys(ServerRelease release) throws IOException {
        try (DivergedPair pair = pair(release, shared -> {}, promoted -> {
            restart(promoted, "minimal");
            promoted.execute("BEGIN; TRUNCATE t; INSERT INTO t SELECT generate_series(1, 1000); COMMIT");
            restart(promoted, "replica");
        })) {
            String cure = "re-create the target from a base backup that is taken with wal_level = replica or higher.";
            String message = "the source's server was started with wal_level = minimal at " + LSN
                    + ", so its WAL does not hold all that it changed";

            List<Problem> problems = problems(pair);
            assertThat(problems).hasSize(1);
            assertProblem(problems.get(0), Kind.SOURCE_WAL_LEVEL_MINIMAL, message, cure);
            if (release.isAtLeast(10)) {
                assertThat(problemsOfLive(pair)).isEqualTo(problems);
            }

            pair.source().start();
            restart(pair.source(), "minimal");
            pair.source().stop(StopMode.FAST);
            assertProblem(
                    problems(pair).get(0),
                    Kind.SOURCE_WAL_LEVEL_MINIMAL,
                    "the source runs with wal_level = minimal, so its WAL does not hold all that it changes",
                    cure);
        }
    }

    private static Consumer<PostgresServer> createAndDrop(Path location) {
        return server -> server.execute(
                "CREATE TABLESPACE space LOCATION '" + location + "'",
                "CREATE TABLE u TABLESPACE space AS SELECT 1",
                "DROP TABLE u",
                "DROP TABLESPACE space");
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void refusesATablespaceThatReplayCannotCreateUnlessItMayMakeTheDirectory(ServerRelease release) throws IOException {
        Path location = Files.createDirectory(spaces.resolve("space"));
        try (DivergedPair pair = pair(release, shared -> {}, createAndDrop(location))) {
            Files.delete(location);

            assertProblem(
                    problems(pair).get(0),
                    Kind.NEW_TABLESPACE_LOCATION,
                    "tablespace \\d+ was created at " + LSN + " in \"" + location
                            + "\" and dropped later: replay creates it there first, where the target has none",
                    "permit new tablespaces below a directory that holds this one.");

            try (LocalDirectoryTransport source =
                    LocalDirectoryTransport.open(pair.source().dataDirectory())) {
                Rewind.of(pair.target().dataDirectory())
                        .from(source)
                        .newTablespaces(TablespacePolicy.below(spaces))
                        .durability(Durability.NO_SYNC)
                        .verify(Verify.RESULT)
                        .plan()
                        .execute();
            }
            pair.source().start();
            pair.target().standbyOf(pair.source());
            pair.target().start();
            pair.target().catchUpWith(pair.source());
            assertThat(location).isEmptyDirectory();
            assertThat(pair.target().dataDirectory().resolve("pg_tblspc")).isEmptyDirectory();
        }
    }

    /** As on one machine, where the source has put another tablespace there since. */
    @Test
    void refusesATablespaceThatReplayWouldCreateWhereAnotherServerHasOne() throws IOException {
        Path location = Files.createDirectory(spaces.resolve("space"));
        try (DivergedPair pair = pair(ServerRelease.newest(), shared -> {}, promoted -> {
            createAndDrop(location).accept(promoted);
            promoted.execute("CREATE TABLESPACE again LOCATION '" + location + "'");
        })) {
            try (LocalDirectoryTransport source =
                    LocalDirectoryTransport.open(pair.source().dataDirectory())) {
                Rewind rewind = Rewind.of(pair.target().dataDirectory())
                        .from(source)
                        .newTablespaces(TablespacePolicy.anywhere())
                        .mapTablespace(location, spaces.resolve("mapped"));
                assertThat(problems(pair, rewind))
                        .extracting(Problem::kind)
                        .containsExactly(Kind.TABLESPACE_LOCATION_IN_USE, Kind.TABLESPACE_MOVED_BY_REPLAY);
            }
        }
    }

    /** Both sides give their next tablespace the same number. */
    @Test
    void refusesATablespaceThatLiesElsewhereOnTheTarget() throws IOException {
        Path ofTarget = Files.createDirectory(spaces.resolve("target"));
        Path ofSource = Files.createDirectory(spaces.resolve("source"));
        try (DivergedPair pair = DivergedPair.of(
                PostgresServer.builder(ServerRelease.newest()).withChecksums(),
                shared -> {},
                old -> old.execute("CREATE TABLESPACE space LOCATION '" + ofTarget + "'"),
                promoted -> promoted.execute("CREATE TABLESPACE space LOCATION '" + ofSource + "'"))) {
            assertProblem(
                    problems(pair).get(0),
                    Kind.TABLESPACE_MOVED_BY_REPLAY,
                    "tablespace \\d+ was created at " + LSN + " in \"" + ofSource
                            + "\": replay creates it there again, and not in \"" + ofTarget + "\"",
                    "drop the tablespace on the source, or re-create the target from a base backup.");
        }
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void leavesTheDirectoryOfATemplateThatIsGone(ServerRelease release) throws IOException {
        try (DivergedPair pair = pair(
                release,
                shared -> shared.execute("CREATE DATABASE a"),
                promoted -> promoted.execute(
                        "CREATE DATABASE b TEMPLATE a" + fileCopy(release), "DROP DATABASE a", "DROP DATABASE b"))) {
            Rewound.of(pair.target(), pair.source(), BlockSelection.MINIMAL).startAndCompare();
        }
    }

    private static void dropInSpace(PostgresServer server) {
        server.execute("DROP DATABASE a", "DROP TABLESPACE space");
    }

    /** Directories that the target has removed as well. */
    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void makesTheDirectoriesOfADatabaseAndItsTablespaceThatAreGone(ServerRelease release) throws IOException {
        try (DivergedPair pair = pairWithTablespace(release, RehearsalTest::dropInSpace)) {
            Rewound.of(pair.target(), pair.source(), BlockSelection.MINIMAL).startAndCompare();
            assertThat(pair.target().dataDirectory().resolve("pg_tblspc")).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void leavesTheTablespaceOfADatabaseThatIsGone(ServerRelease release) throws IOException {
        try (DivergedPair pair = pairWithTablespace(release, old -> old.execute("CREATE TABLE lost (id int)"))) {
            Rewound.of(pair.target(), pair.source(), BlockSelection.MINIMAL).startAndCompare();
            assertThat(pair.target().dataDirectory().resolve("pg_tblspc")).isEmptyDirectory();
        }
    }

    private DivergedPair pairWithTablespace(ServerRelease release, Consumer<PostgresServer> ofTarget)
            throws IOException {
        Path location = Files.createDirectory(spaces.resolve("space"));
        return DivergedPair.of(
                PostgresServer.builder(release).withChecksums(),
                // Before the standby is copied, so that each server has a directory of its own.
                first -> first.execute(
                        "CREATE TABLESPACE space LOCATION '" + location + "'", "CREATE DATABASE a TABLESPACE space"),
                PostgresServer::checkpoint,
                ofTarget,
                promoted -> {
                    promoted.execute(
                            "CREATE DATABASE b TEMPLATE a TABLESPACE space" + fileCopy(release), "DROP DATABASE b");
                    dropInSpace(promoted);
                });
    }

    private static String fileCopy(ServerRelease release) {
        return release.isAtLeast(15) ? " STRATEGY file_copy" : "";
    }
}
