package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;

/** New primaries that have made more WAL than they have written to their disk. */
@Tag("server")
class BusySourceTest {

    /** A transaction without a commit leaves its last records in memory, and what is written ends within one of them. */
    @ParameterizedTest
    @ValueSource(strings = {"9.6", "13", "18"})
    void replayEndsWithTheLastRecordThatIsOnTheSourcesDisk(String release) throws IOException, SQLException {
        try (Failover failover = Failover.of(PostgresServer.builder(ServerRelease.of(release))
                .withChecksums()
                .setting("autovacuum", "off")
                // Neither it nor the background writer's snapshots come in between.
                .setting("wal_writer_delay", "10s")
                .setting("bgwriter_delay", "10s")
                .build())) {
            PostgresServer old = failover.primary();
            old.execute("CREATE TABLE t AS SELECT g AS id, repeat('x', 500) AS v FROM generate_series(1, 5000) g");
            PostgresServer promoted = failover.promoteStandby();
            old.execute("UPDATE t SET v = 'lost' WHERE id % 3 = 0");
            old.stop(StopMode.FAST);
            promoted.checkpoint();
            Rewound rewound;
            try (Connection connection = promoted.connection("postgres");
                    Statement writing = connection.createStatement()) {
                connection.setAutoCommit(false);
                for (int i = 0; i < 20; i++) {
                    writing.execute("UPDATE t SET v = repeat('" + i + "', 300) WHERE id % 20 = " + i);
                }
                assertThat(
                                promoted.value(
                                        promoted.release().isAtLeast(10)
                                                ? "SELECT pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn()"
                                                : "SELECT pg_current_xlog_insert_location() > pg_current_xlog_flush_location()"))
                        .isEqualTo("t");

                rewound = Rewound.ofLive(old, promoted, CopyMode.STAGED);
                connection.commit();
            }
            rewound.startAndCompare();
        }
    }
}
