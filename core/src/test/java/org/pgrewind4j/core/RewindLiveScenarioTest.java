package org.pgrewind4j.core;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.Workload;

/** A crashed old primary, rewound from a new one that takes writes meanwhile and made no checkpoint of its own yet. */
@Tag("server")
class RewindLiveScenarioTest {

    private static final int ROWS = 300;

    static List<ServerRelease> releases() {
        return ServerRelease.all();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void followsAServerUnderLoad(ServerRelease release) throws IOException {
        follow(release, CopyMode.STAGED);
    }

    /** The end of replay moves on after blocks were overwritten. */
    @Test
    void followsAServerUnderLoadInPlace() throws IOException {
        follow(ServerRelease.newest(), CopyMode.IN_PLACE);
    }

    private static void follow(ServerRelease release, CopyMode mode) throws IOException {
        try (Failover failover = Failover.of(Workload.settings(PostgresServer.builder(release))
                .withChecksums()
                .build())) {
            PostgresServer old = failover.primary();
            Workload workload = Workload.of(old);
            workload.prepare();
            workload.run(1, ROWS);
            PostgresServer promoted = failover.promoteStandby();
            workload.run(2, ROWS);
            workload.on(promoted).run(3, ROWS);
            old.kill();

            Rewound rewound;
            try (Load load = Load.on(promoted)) {
                load.await(100);
                rewound = Rewound.ofLive(old, promoted, mode);
            }

            rewound.startAndCompare();
        }
    }
}
