package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/**
 * Databases that the source created by copying files, after it was promoted: replay copies them again, from what then
 * lies on the target.
 */
@Tag("server")
class CopiedDatabaseTest {

    private static final String LSN = "[0-9A-F]+/[0-9A-F]+";
    private static final String RECREATE =
            "drop that database on the source and create it again (from 15 on without STRATEGY = FILE_COPY), and"
                    + " rewind again; or re-create the target from a base backup.";
    private static final List<String> TABLES = List.of("t", "u");

    private static final Map<ServerRelease, DivergedPair> PAIRS = new ConcurrentHashMap<>();

    private DivergedPair pair;
    private PostgresServer target;
    private PostgresServer source;

    static List<ServerRelease> releases() {
        return ServerRelease.all();
    }

    /** The oldest and the newest: databases are created by copying files only, and by WAL too. */
    static List<ServerRelease> oldestAndNewest() {
        List<ServerRelease> releases = ServerRelease.all().stream()
                .filter(release -> release.isAtLeast(10))
                .toList();
        return releases.isEmpty() ? List.of() : List.of(releases.get(0), releases.get(releases.size() - 1));
    }

    /** The template is shared from before the replay starts; the old primary went on to change it, which is lost. */
    private void begin(ServerRelease release) {
        pair = PAIRS.computeIfAbsent(
                release,
                wanted -> DivergedPair.of(
                        PostgresServer.builder(wanted)
                                .withChecksums()
                                .settingSince(10, "allow_in_place_tablespaces", "on")
                                .setting("autovacuum", "off"),
                        first -> {
                            first.execute("CREATE DATABASE origin");
                            first.executeIn(
                                    "origin",
                                    "CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 1000) g",
                                    "CREATE TABLE u AS SELECT g AS id FROM generate_series(1, 10) g");
                        },
                        shared -> {},
                        old -> old.executeIn(
                                "origin",
                                "INSERT INTO t SELECT -g FROM generate_series(1, 2000) g",
                                "CREATE TABLE lost AS SELECT g AS id FROM generate_series(1, 1000) g",
                                "CREATE UNLOGGED TABLE lost_unlogged AS SELECT g AS id FROM generate_series(1, 1000) g"),
                        promoted -> {}));
        target = pair.copyOfTarget();
        source = pair.copyOfSource();
        source.start();
    }

    @AfterEach
    void closeCopies() {
        pair.closeCopies();
    }

    @AfterAll
    static void closePairs() {
        PAIRS.values().forEach(DivergedPair::close);
        PAIRS.clear();
    }

    private void copy(String database, String template) {
        String strategy = source.release().isAtLeast(15) ? " STRATEGY = FILE_COPY" : "";
        source.execute("CREATE DATABASE " + database + " TEMPLATE " + template + strategy);
    }

    private static String rows(int from, int to) {
        return "INSERT INTO t SELECT g FROM generate_series(" + from + ", " + to + ") g";
    }

    @ParameterizedTest
    @MethodSource("releases")
    void refusesACopyWhoseTemplateChangedLaterAndTakesItsCure(ServerRelease release) throws IOException {
        begin(release);
        copy("d", "origin");
        source.executeIn("origin", rows(1001, 3000));

        assertRefused(
                ", which changed later: \"base/" + oid("origin") + "/\\d+\" has a page of " + LSN
                        + " at byte \\d+, and replay would copy it into the new database",
                RECREATE);

        source.start();
        source.execute("DROP DATABASE d", "CREATE DATABASE d TEMPLATE origin");
        assertRewound("origin", "d");
    }

    @ParameterizedTest
    @MethodSource("releases")
    void rewindsACopyWhoseTemplateChangedBefore(ServerRelease release) throws IOException {
        begin(release);
        source.executeIn("origin", rows(1001, 3000), "DELETE FROM u WHERE id = 1");
        copy("d", "origin");
        source.executeIn("d", rows(5001, 6000), "DELETE FROM u WHERE id = 2");

        assertRewound("origin", "d");
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("oldestAndNewest")
    void rewindsACopyOfACopyThatIsGone(ServerRelease release) throws IOException {
        begin(release);
        copy("e", "origin");
        source.executeIn("e", rows(1001, 3000), "DROP TABLE u", "CREATE TABLE u AS SELECT 7 AS id");
        copy("d", "e");
        source.executeIn("e", rows(3001, 5000));
        source.execute("DROP DATABASE e");

        assertRewound("origin", "d");
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("oldestAndNewest")
    void rewindsACopyThatIsGoneWhateverBecameOfItsTemplate(ServerRelease release) throws IOException {
        begin(release);
        copy("d", "origin");
        source.execute("DROP DATABASE d", "DROP DATABASE origin");

        assertRewound();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("oldestAndNewest")
    void refusesACopyOfADatabaseThatIsGone(ServerRelease release) throws IOException {
        begin(release);
        copy("d", "origin");
        String template = oid("origin");
        source.execute("DROP DATABASE origin");

        assertRefused(
                oid("d"),
                template,
                ", which the source has dropped or moved since: \"base/" + template
                        + "\" is not there, and replay would find nothing to copy",
                "re-create the target from a base backup.");
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("oldestAndNewest")
    void refusesADatabaseThatWasMovedToAnotherTablespace(ServerRelease release) throws IOException {
        begin(release);
        source.execute("CREATE TABLESPACE space LOCATION ''", "ALTER DATABASE origin SET TABLESPACE space");

        assertRefused(
                oid("origin"),
                oid("origin"),
                ", which the source has dropped or moved since: \"base/" + oid("origin")
                        + "\" is not there, and replay would find nothing to copy",
                "re-create the target from a base backup.");
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("oldestAndNewest")
    void refusesACopyWhoseTemplateLostATableLater(ServerRelease release) throws IOException {
        begin(release);
        copy("d", "origin");
        String file = source.queryIn("origin", "SELECT pg_relation_filepath('u')")
                .get(0)
                .get(0);
        source.executeIn("origin", "DROP TABLE u", "CHECKPOINT");

        assertRefused(
                ", of which \"" + file + "\" was removed or shortened later, and replay would copy what is left",
                RECREATE);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("oldestAndNewest")
    void refusesACopyWhoseTemplateWasShortenedLater(ServerRelease release) throws IOException {
        begin(release);
        source.executeIn("origin", "DELETE FROM t WHERE id > 10");
        copy("d", "origin");
        String file = source.queryIn("origin", "SELECT pg_relation_filepath('t')")
                .get(0)
                .get(0);
        source.executeIn("origin", "VACUUM t");

        assertRefused(
                ", of which \"" + file + "\" was removed or shortened later, and replay would copy what is left",
                RECREATE);
    }

    private void assertRefused(String reason, String cure) throws IOException {
        assertRefused(oid("d"), oid("origin"), reason, cure);
    }

    private void assertRefused(String database, String template, String reason, String cure) throws IOException {
        source.stop(StopMode.FAST);
        Map<String, String> before = TreeState.contents(target.dataDirectory());

        List<Problem> problems;
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            problems = Refused.problems(Rewind.of(target.dataDirectory()).from(transport));
        }

        Problem problem = problems.get(0);
        assertThat(problems).hasSize(1);
        assertThat(problem.kind()).isEqualTo(Problem.Kind.DATABASE_COPY_DIFFERS);
        assertThat(problem.message())
                .matches("database " + database + " was created at " + LSN + " by copying the files of database "
                        + template + reason);
        assertThat(problem.cure()).isEqualTo(cure);
        assertThat(TreeState.contents(target.dataDirectory())).isEqualTo(before);
    }

    private void rewind() throws IOException {
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            RewindPlan plan = Rewind.of(target.dataDirectory())
                    .from(transport)
                    .durability(Durability.NO_SYNC)
                    .plan();
            assertThat(plan.problems()).isEmpty();
            assertThat(plan.verdict()).isEqualTo(Verdict.REWIND);
            plan.execute();
        }
    }

    private void assertRewound(String... databases) throws IOException {
        source.stop(StopMode.FAST);
        rewind();
        source.start();
        target.standbyOf(source);
        target.start();
        target.catchUpWith(source);
        for (String database : databases) {
            for (String table : TABLES) {
                String rows = "SELECT count(*), min(id), max(id), sum(id) FROM " + table;
                assertThat(target.queryIn(database, rows))
                        .as(database + "." + table)
                        .isEqualTo(source.queryIn(database, rows));
            }
        }
    }

    private String oid(String database) {
        return source.value("SELECT oid FROM pg_database WHERE datname = '" + database + "'");
    }
}
