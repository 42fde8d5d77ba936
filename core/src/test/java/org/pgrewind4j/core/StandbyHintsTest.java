package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.LocalDirectoryTransport;

/**
 * A standby that was promoted by mistake, while a transaction ran on the primary: it notes on its pages that the
 * transaction never ended, and does not log that where its last restartpoint is far behind.
 */
class StandbyHintsTest {

    static List<ServerRelease> oldestAndNewest() {
        List<ServerRelease> releases = ServerRelease.all();
        return List.of(releases.get(0), releases.get(releases.size() - 1));
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void promotedStandbyGetsTheRowsOfATransactionThatItTookForLost(ServerRelease release)
            throws IOException, SQLException {
        try (Failover failover = Failover.of(PostgresServer.builder(release)
                .withChecksums()
                .setting("autovacuum", "off")
                .setting("checkpoint_timeout", "1h")
                .build())) {
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
}
