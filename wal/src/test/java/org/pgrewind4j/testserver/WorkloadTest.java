package org.pgrewind4j.testserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("server")
class WorkloadTest {

    private static final String RELEASES = "org.pgrewind4j.testserver.ServerRelease#everyOther";

    @ParameterizedTest
    @MethodSource(RELEASES)
    void standbyEqualsPrimaryByRowsAndPages(ServerRelease release) {
        PostgresServer server = Workload.settings(
                        PostgresServer.builder(release).withChecksums())
                .build();
        try (Failover failover = Failover.of(server)) {
            PostgresServer primary = failover.primary();
            PostgresServer standby = failover.standby();
            Integrity.prepare(primary);
            Workload workload = Workload.of(primary);
            workload.prepare();
            workload.run(1, 150);
            standby.catchUpWith(primary);

            assertThat(LogicalContents.of(standby)).isEqualTo(LogicalContents.of(primary));
            assertThat(Integrity.problems(primary)).isEmpty();
            assertThat(Integrity.problems(standby)).isEmpty();
            primary.stop(StopMode.FAST);
            standby.stop(StopMode.FAST);
            assertThat(PageComparison.of(primary, standby)).isEmpty();
            assertThat(PageChecksums.bad(primary.dataDirectory())).isEmpty();
            assertThat(PageChecksums.bad(standby.dataDirectory())).isEmpty();

            primary.start();
            standby.start();
            failover.promoteStandby();
            workload.run(2, 60);
            workload.on(standby).run(3, 60);
            assertThat(LogicalContents.of(standby)).isNotEqualTo(LogicalContents.of(primary));
        }
    }

    @Test
    void sameRoundsLeaveTheSameRows() {
        try (PostgresServer one = newServer();
                PostgresServer other = newServer()) {
            // Unlike the catalogs, whose rows name files and sizes.
            String rows = "SELECT 'accounts', md5(string_agg(a::text, '' ORDER BY id)) FROM accounts a"
                    + " UNION ALL SELECT 'indexed', md5(string_agg(i::text, '' ORDER BY i::text)) FROM indexed i"
                    + " UNION ALL SELECT 'copied', md5(string_agg(c::text, '' ORDER BY c::text)) FROM copied c"
                    + " UNION ALL SELECT 'documents', md5(string_agg(d::text, '' ORDER BY id)) FROM documents d"
                    + " UNION ALL SELECT 'ledger', md5(string_agg(text, '' ORDER BY id)) FROM ledger";

            assertThat(one.query(rows)).isEqualTo(other.query(rows));
        }
    }

    private static PostgresServer newServer() {
        PostgresServer server = Workload.settings(PostgresServer.builder(ServerRelease.newest()))
                .build();
        server.initialize();
        server.start();
        Workload workload = Workload.of(server);
        workload.prepare();
        workload.run(1, 100);
        return server;
    }

    @ParameterizedTest
    @ValueSource(strings = {"pglz", "lz4", "zstd"})
    void runsWithCompressedImages(String method) {
        Oracle.require();
        ServerRelease release = ServerRelease.installed15().orElse(null);
        Assumptions.assumeTrue(release != null, "PostgreSQL 15's server is not installed beside its tools");
        try (PostgresServer server = Workload.settings(PostgresServer.builder(release))
                .setting("wal_compression", method)
                .build()) {
            server.initialize();
            server.start();
            Workload workload = Workload.of(server);
            workload.prepare();
            server.checkpoint();
            workload.run(1, 50);

            assertThat(server.value("SELECT current_setting('wal_compression')"))
                    .isEqualTo(method);
        }
    }
}
