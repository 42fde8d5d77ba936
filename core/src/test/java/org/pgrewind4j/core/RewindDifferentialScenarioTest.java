package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.testserver.PageComparison;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.testserver.Workload;

/** One diverged data directory, rewound by {@code pg_rewind} and in both our ways: replay must lead all to one state. */
@Tag("server")
class RewindDifferentialScenarioTest {

    private static final int ROWS = 300;

    private final Oracle oracle = Oracle.require();

    @Test
    void equalsPgRewindAfterACleanStop() throws IOException {
        compare(server -> server.stop(StopMode.FAST));
    }

    @Test
    void equalsPgRewindAfterACrash() throws IOException {
        compare(PostgresServer::kill);
    }

    private interface End {
        void of(PostgresServer server);
    }

    private void compare(End end) throws IOException {
        ServerRelease release = ServerRelease.installed15().orElseThrow();
        try (Failover failover = Failover.of(Workload.settings(PostgresServer.builder(release))
                .withChecksums()
                .build())) {
            PostgresServer old = failover.primary();
            Workload workload = Workload.of(old);
            workload.prepare();
            workload.run(1, ROWS);
            old.checkpoint();
            workload.run(2, ROWS);
            PostgresServer promoted = failover.promoteStandby();
            workload.run(3, ROWS);
            workload.on(promoted).run(4, ROWS);
            end.of(old);
            promoted.stop(StopMode.FAST);
            try (PostgresServer byPgRewind = old.copy();
                    PostgresServer sinceCheckpoint = old.copy()) {
                rewindByPgRewind(byPgRewind, promoted);
                Rewound.of(sinceCheckpoint, promoted, BlockSelection.SINCE_CHECKPOINT);
                Rewound.of(old, promoted, BlockSelection.MINIMAL);
                promoted.start();
                follow(byPgRewind, promoted);
                follow(sinceCheckpoint, promoted);
                follow(old, promoted);
                promoted.stop(StopMode.FAST);
                byPgRewind.stop(StopMode.FAST);
                sinceCheckpoint.stop(StopMode.FAST);
                old.stop(StopMode.FAST);

                assertThat(PageComparison.of(old, byPgRewind)).isEmpty();
                assertThat(PageComparison.of(sinceCheckpoint, byPgRewind)).isEmpty();
                assertThat(PageComparison.of(old, promoted)).isEmpty();
            }
        }
    }

    private void rewindByPgRewind(PostgresServer target, PostgresServer source) {
        CommandResult result = oracle.run(
                "pg_rewind",
                "--no-sync",
                "--target-pgdata=" + target.dataDirectory(),
                "--source-pgdata=" + source.dataDirectory());
        assertThat(result.exitCode()).as(result.toString()).isZero();
    }

    private static void follow(PostgresServer standby, PostgresServer primary) {
        standby.standbyOf(primary);
        standby.start();
        standby.catchUpWith(primary);
    }
}
