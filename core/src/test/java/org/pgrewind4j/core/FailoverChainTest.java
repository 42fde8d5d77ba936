package org.pgrewind4j.core;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.testserver.Workload;

/**
 * Rewinds of three servers or over more than one failover, on every release, held against the source as in
 * {@link RewindScenarioTest}.
 */
@Tag("server")
class FailoverChainTest {

    private static final int ROWS = 300;

    static List<ServerRelease> releases() {
        return ServerRelease.all();
    }

    static List<ServerRelease> everyOther() {
        return ServerRelease.everyOther();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void backAndForthOverSeveralTimelines(ServerRelease release) throws IOException {
        PostgresServerBuilder builder = workload(release).withChecksums();
        try (Failover failover = Failover.of(largeSegments(builder, release).build())) {
            PostgresServer a = failover.primary();
            PostgresServer b = failover.standby();
            Workload workload = Workload.of(a);
            workload.prepare();
            workload.run(1, ROWS);
            failover.promoteStandby();
            workload.run(2, ROWS);
            workload.on(b).run(3, ROWS);
            swap(a, b);
            // Now b is the old primary, on timeline 2, and a the new one.
            a.promote();
            workload.on(a).run(4, ROWS);
            workload.on(b).run(5, ROWS);
            b.stop(StopMode.FAST);
            a.stop(StopMode.FAST);

            Rewound.of(b, a, BlockSelection.MINIMAL).startAndCompare();
        }
    }

    /** Rewinds one server and lets it follow the other, both running at the end. */
    private static void swap(PostgresServer target, PostgresServer source) throws IOException {
        target.stop(StopMode.FAST);
        source.stop(StopMode.FAST);
        Rewound.of(target, source, BlockSelection.MINIMAL);
        source.start();
        target.standbyOf(source);
        target.start();
        target.catchUpWith(source);
    }

    @ParameterizedTest
    @MethodSource("everyOther")
    void standbyThatRanAheadOfTheFork(ServerRelease release) throws IOException {
        try (Failover failover = Failover.of(workload(release).withChecksums().build())) {
            PostgresServer primary = failover.primary();
            Workload workload = Workload.of(primary);
            workload.prepare();
            workload.run(1, ROWS);
            failover.standby().catchUpWith(primary);
            failover.standby().stop(StopMode.FAST);
            try (PostgresServer behind = failover.standby().copy()) {
                behind.standbyOf(primary);
                behind.start();
                failover.standby().start();
                PostgresServer promoted = failover.promoteStandby();
                workload.run(2, ROWS);
                behind.catchUpWith(primary);
                workload.on(promoted).run(3, ROWS);
                primary.stop(StopMode.FAST);
                behind.stop(StopMode.FAST);
                promoted.stop(StopMode.FAST);

                Rewound.of(behind, promoted, BlockSelection.MINIMAL).startAndCompare();
            }
        }
    }

    private static PostgresServerBuilder workload(ServerRelease release) {
        return Workload.settings(PostgresServer.builder(release));
    }

    private static PostgresServerBuilder largeSegments(PostgresServerBuilder builder, ServerRelease release) {
        return release.isAtLeast(11) ? builder.walSegmentMegabytes(64) : builder;
    }
}
