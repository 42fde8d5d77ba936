package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.testserver.Workload;

/**
 * Failovers with real divergences on every release, each followed by a rewind whose result is held against the source:
 * it starts as a standby, becomes consistent, catches up, and then has the same rows and pages.
 */
@Tag("server")
class RewindScenarioTest {

    private static final int ROWS = 300;

    static List<ServerRelease> releases() {
        return ServerRelease.all();
    }

    static List<ServerRelease> everyOther() {
        return ServerRelease.everyOther();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void everyKindOfChangeOnBothSides(ServerRelease release) throws IOException {
        try (Failover failover = Failover.of(workload(release).withChecksums().build())) {
            PostgresServer old = failover.primary();
            Workload workload = Workload.of(old);
            workload.prepare();
            workload.run(1, ROWS);
            old.checkpoint();
            workload.run(2, ROWS);
            PostgresServer promoted = failover.promoteStandby();
            workload.run(3, ROWS);
            workload.run(4, ROWS);
            workload.on(promoted).run(5, ROWS);
            old.stop(StopMode.FAST);
            promoted.stop(StopMode.FAST);
            strewFiles(old, promoted);

            Rewound rewound = Rewound.of(old, promoted, BlockSelection.MINIMAL);

            assertThat(old.dataDirectory().resolve("only_old")).doesNotExist();
            assertThat(promoted.dataDirectory().resolve("only_new/inner/file"))
                    .hasSameBinaryContentAs(old.dataDirectory().resolve("only_new/inner/file"));
            rewound.startAndCompare();
        }
    }

    private static void strewFiles(PostgresServer old, PostgresServer promoted) throws IOException {
        Path onlyOld = Files.createDirectories(old.dataDirectory().resolve("only_old/inner"));
        Files.writeString(onlyOld.resolve("file"), "gone afterwards");
        Path onlyNew = Files.createDirectories(promoted.dataDirectory().resolve("only_new/inner"));
        Files.writeString(onlyNew.resolve("file"), "there afterwards");
        Files.writeString(promoted.dataDirectory().resolve("both"), "new");
        Files.writeString(old.dataDirectory().resolve("both"), "old");
    }

    @ParameterizedTest
    @MethodSource("releases")
    void killedUnderLoadWithoutChecksums(ServerRelease release) throws IOException {
        PostgresServerBuilder builder = workload(release).withoutChecksums().setting("wal_log_hints", "on");
        try (Failover failover = Failover.of(smallSegments(builder, release).build())) {
            PostgresServer old = failover.primary();
            Workload workload = Workload.of(old);
            workload.prepare();
            workload.run(1, ROWS);
            old.checkpoint();
            workload.run(2, ROWS);
            PostgresServer promoted = failover.promoteStandby();
            workload.on(promoted).run(3, ROWS);
            workload.run(4, ROWS);
            try (Load load = Load.on(old)) {
                load.await(200);
                old.kill();
            }
            promoted.stop(StopMode.FAST);

            Rewound.of(old, promoted, BlockSelection.MINIMAL).startAndCompare();
        }
    }

    @ParameterizedTest
    @MethodSource("everyOther")
    void killedAfterACheckpointOfItsOwn(ServerRelease release) throws IOException {
        try (Failover failover = Failover.of(workload(release).withChecksums().build())) {
            PostgresServer old = failover.primary();
            linkWal(old);
            Workload workload = Workload.of(old);
            workload.prepare();
            workload.run(1, ROWS);
            PostgresServer promoted = failover.promoteStandby();
            workload.run(2, ROWS);
            old.checkpoint();
            workload.on(promoted).run(3, ROWS);
            try (Load load = Load.on(old)) {
                load.await(200);
                old.kill();
            }
            promoted.stop(StopMode.FAST);

            Rewound.of(old, promoted, BlockSelection.SINCE_CHECKPOINT).startAndCompare();
            assertThat(old.dataDirectory().resolve(release.walDirectory())).isSymbolicLink();
        }
    }

    /** Moves the WAL of a running server's data directory elsewhere, which takes a restart. */
    private static void linkWal(PostgresServer server) throws IOException {
        server.stop(StopMode.FAST);
        Path wal = server.dataDirectory().resolve(server.release().walDirectory());
        Path elsewhere = server.dataDirectory().resolveSibling("wal-elsewhere");
        Files.move(wal, elsewhere);
        Files.createSymbolicLink(wal, elsewhere);
        server.start();
    }

    /** One release is enough: how relations are cut into files is the same in all of them. */
    @Test
    void relationOfMoreThanOneFile() throws IOException {
        try (Failover failover = Failover.of(PostgresServer.builder(ServerRelease.of("16"))
                .withChecksums()
                .setting("max_wal_size", "4GB")
                .build())) {
            PostgresServer old = failover.primary();
            old.execute(
                    "CREATE TABLE large (id int, v text) WITH (fillfactor = 10, autovacuum_enabled = off)",
                    "ALTER TABLE large ALTER v SET STORAGE PLAIN",
                    "INSERT INTO large SELECT g, repeat('x', 4100) FROM generate_series(1, 135000) g",
                    "CHECKPOINT");
            PostgresServer promoted = failover.promoteStandby();
            old.execute(
                    "UPDATE large SET v = repeat('y', 4100) WHERE ctid >= '(131060,0)' AND ctid < '(131090,0)'",
                    "INSERT INTO large SELECT g, 'lost' FROM generate_series(1, 30000) g");
            promoted.execute("DELETE FROM large WHERE id > 130000", "VACUUM large");
            old.stop(StopMode.FAST);
            promoted.stop(StopMode.FAST);

            Rewound rewound = Rewound.of(old, promoted, BlockSelection.MINIMAL);

            assertThat(rewound.plan().bytes().blockBytes()).isLessThan(100L << 20);
            rewound.startAndCompare();
        }
    }

    private static PostgresServerBuilder workload(ServerRelease release) {
        return Workload.settings(PostgresServer.builder(release));
    }

    private static PostgresServerBuilder smallSegments(PostgresServerBuilder builder, ServerRelease release) {
        return release.isAtLeast(11) ? builder.walSegmentMegabytes(1) : builder;
    }
}
