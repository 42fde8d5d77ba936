package org.pgrewind4j.testserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkloadTest {

    private static final String RELEASES = "org.pgrewind4j.testserver.ServerRelease#all";

    @ParameterizedTest
    @MethodSource(RELEASES)
    void standbyReplaysEveryPart(ServerRelease release) {
        PostgresServer server = Workload.settings(
                        PostgresServer.builder(release).withChecksums())
                .build();
        try (Failover failover = Failover.of(server)) {
            Workload workload = Workload.of(server);
            workload.prepare();
            workload.run(1, 200);
            workload.run(2, 100);
            PostgresServer promoted = failover.promoteStandby();
            workload.run(3, 100);
            workload.on(promoted).run(4, 100);

            assertThat(promoted.value("SELECT count(*) FROM ledger")).isNotEqualTo("0");
        }
    }
}
