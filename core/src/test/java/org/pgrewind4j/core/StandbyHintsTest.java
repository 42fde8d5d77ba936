package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/**
 * A standby that was promoted by mistake, while a transaction ran on the primary: it notes on its pages that the
 * transaction never ended, and does not log that where its last restartpoint is far behind.
 */
@Tag("server")
class StandbyHintsTest {

    private static final List<String> SEARCHES = List.of("id = 500", "h = 500", "p <@ box '(500,500),(500,500)'");

    static List<ServerRelease> oldestAndNewest() {
        List<ServerRelease> releases = ServerRelease.all();
        return List.of(releases.get(0), releases.get(releases.size() - 1));
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void promotedStandbyGetsTheRowsOfATransactionThatItTookForLost(ServerRelease release)
            throws IOException, SQLException {
        try (Failover failover = Failover.of(server(release).build())) {
            PostgresServer primary = failover.primary();
            PostgresServer promoted = failover.standby();
            primary.execute("CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 1000) g");
            Lsn beforeTheTransaction = primary.currentWalLsn();
            try (Connection connection = primary.connection("postgres");
                    Statement transaction = connection.createStatement()) {
                connection.setAutoCommit(false);
                transaction.execute("INSERT INTO t SELECT g FROM generate_series(1001, 1500) g");
                transaction.execute("DELETE FROM t WHERE id <= 100");
                primary.checkpoint();
                primary.execute("CREATE TABLE marker (id int)");
                promoted.catchUpWith(primary);
                promoted.promote();
                assertThat(promoted.value("SELECT count(*) FROM t")).isEqualTo("1000");
                promoted.stop(StopMode.FAST);
                connection.commit();
            }
            primary.stop(StopMode.FAST);

            try (LocalDirectoryTransport source = LocalDirectoryTransport.open(primary.dataDirectory())) {
                RewindPlan plan = Rewind.of(promoted.dataDirectory())
                        .from(source)
                        .durability(Durability.NO_SYNC)
                        .plan();
                assertThat(plan.problems()).isEmpty();
                assertThat(plan.redo().orElseThrow()).isLessThan(beforeTheTransaction);
                plan.execute();
            }
            primary.start();
            promoted.standbyOf(primary);
            promoted.start();
            promoted.catchUpWith(primary);
            assertThat(promoted.value("SELECT count(*) FROM t")).isEqualTo("1400");
        }
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void rowsOfATransactionThatWasPreparedBeforeAShutdownStayLost(ServerRelease release) throws IOException {
        try (Failover failover = Failover.of(
                server(release).setting("max_prepared_transactions", "5").build())) {
            PostgresServer primary = failover.primary();
            PostgresServer promoted = failover.standby();
            primary.execute("CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 1000) g");
            primary.execute(
                    "BEGIN", "INSERT INTO t SELECT g FROM generate_series(1001, 1500) g", "PREPARE TRANSACTION 'p'");
            primary.stop(StopMode.FAST);
            primary.start();
            primary.execute("CREATE TABLE marker (id int)");
            promoted.catchUpWith(primary);
            promoted.promote();
            promoted.execute("COMMIT PREPARED 'p'");
            assertThat(promoted.value("SELECT count(*) FROM t")).isEqualTo("1500");
            promoted.stop(StopMode.FAST);
            primary.execute("ROLLBACK PREPARED 'p'");
            primary.stop(StopMode.FAST);

            follow(promoted, primary);

            assertThat(promoted.value("SELECT count(*) FROM t")).isEqualTo("1000");
        }
    }

    /** Nothing of an index is changed by a deletion, but scans mark what they need not visit again. */
    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void indexOfAPromotedStandbyFindsTheRowsThatItHadDeleted(ServerRelease release) throws IOException {
        try (Failover failover = Failover.of(server(release).build())) {
            PostgresServer primary = failover.primary();
            PostgresServer promoted = failover.standby();
            createIndexed(primary);
            primary.checkpoint();
            primary.execute("CREATE TABLE marker (id int)");
            promoted.catchUpWith(primary);
            promoted.promote();
            deleteAndMark(promoted);
            promoted.stop(StopMode.FAST);
            primary.stop(StopMode.FAST);

            follow(promoted, primary);

            primary.stop(StopMode.FAST);
            promoted.promote();
            assertThatEachIndexFindsTheRow(promoted);
        }
    }

    /** The same where the mistake was made by the standby of one that had been promoted a moment ago. */
    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void indexOfAPrimaryThatWasPromotedJustBeforeFindsTheRowsThatItHadDeleted(ServerRelease release)
            throws IOException {
        try (PostgresServer first = server(release).build()) {
            first.initialize();
            first.start();
            first.stop(StopMode.FAST);
            try (PostgresServer second = first.copy();
                    PostgresServer third = first.copy()) {
                second.standbyOf(first);
                third.standbyOf(second);
                first.start();
                second.start();
                third.start();
                createIndexed(first);
                first.checkpoint();
                first.execute("CREATE TABLE marker (id int)");
                second.catchUpWith(first);
                second.promote();
                second.execute("CREATE TABLE another (id int)");
                third.catchUpWith(second);
                third.promote();
                deleteAndMark(second);
                second.stop(StopMode.FAST);
                third.stop(StopMode.FAST);

                follow(second, third);

                third.stop(StopMode.FAST);
                second.promote();
                assertThatEachIndexFindsTheRow(second);
            }
        }
    }

    /** Each kind of index that marks entries; before 10 hash indexes are not logged. */
    private static void createIndexed(PostgresServer server) {
        server.execute("CREATE TABLE t (id int PRIMARY KEY, h int, p point)", "CREATE INDEX ON t USING gist (p)");
        if (server.release().isAtLeast(10)) {
            server.execute("CREATE INDEX ON t USING hash (h)");
        }
        server.execute("INSERT INTO t SELECT g, g, point(g, g) FROM generate_series(1, 1000) g");
    }

    private static void deleteAndMark(PostgresServer server) {
        server.execute("DELETE FROM t WHERE id = 500");
        for (String search : SEARCHES) {
            String query = "SELECT id FROM t WHERE " + search;
            server.execute("SET enable_seqscan = off", "SET enable_bitmapscan = off", query, query);
        }
    }

    private static void assertThatEachIndexFindsTheRow(PostgresServer server) {
        server.configure("enable_seqscan", "off");
        server.query("SELECT pg_reload_conf()");
        assertThat(SEARCHES)
                .filteredOn(search ->
                        server.query("SELECT id FROM t WHERE " + search).isEmpty())
                .isEmpty();
    }

    private static PostgresServerBuilder server(ServerRelease release) {
        return PostgresServer.builder(release)
                .withChecksums()
                .setting("autovacuum", "off")
                .setting("checkpoint_timeout", "1h");
    }

    /** Rewinds a stopped server to another one and lets it catch up. */
    private static void follow(PostgresServer target, PostgresServer source) throws IOException {
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            RewindPlan plan = Rewind.of(target.dataDirectory())
                    .from(transport)
                    .durability(Durability.NO_SYNC)
                    .plan();
            assertThat(plan.problems()).isEmpty();
            plan.execute();
        }
        source.start();
        target.standbyOf(source);
        target.start();
        target.catchUpWith(source);
    }
}
