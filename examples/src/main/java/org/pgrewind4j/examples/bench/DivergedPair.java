package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;

/**
 * A stopped old primary and the stopped new one, with a scenario behind them. Made by real servers once and kept.
 *
 * @param target the old primary's data directory
 * @param source the new primary's data directory
 */
record DivergedPair(Path target, Path source) {

    /** Above all that a small cluster gives out itself. */
    private static final int FIRST_COPY = 10_000_000;

    /** Makes the two servers, unless an earlier run has left them in the folder. */
    static DivergedPair of(RewindScenario scenario, ServerRelease release, Path folder)
            throws IOException, InterruptedException {
        Path home = folder.toAbsolutePath().resolve("rewind-" + name(scenario, release));
        DivergedPair pair = new DivergedPair(home.resolve("target"), home.resolve("source"));
        Path complete = home.resolve("complete");
        if (!Files.exists(complete)) {
            if (Files.exists(home)) {
                throw new IOException(home + " was left half made; remove it");
            }
            Files.createDirectories(home);
            pair.make(scenario, release);
            Files.createFile(complete);
        }
        return pair;
    }

    private static String name(RewindScenario scenario, ServerRelease release) {
        return String.join(
                "-",
                Integer.toString(release.major()),
                Integer.toString(scenario.databaseSize()),
                Integer.toString(scenario.changedSize()),
                Integer.toString(scenario.sinceCheckpoint()),
                Integer.toString(scenario.abandoned()),
                Integer.toString(scenario.onSource()),
                Integer.toString(scenario.retainedSegments()),
                Integer.toString(scenario.relations()));
    }

    private void make(RewindScenario scenario, ServerRelease release) throws IOException, InterruptedException {
        try (PostgresServer primary = PostgresServer.builder(release)
                .dataDirectory(target)
                .withChecksums()
                .setting("shared_buffers", "512MB")
                .setting("checkpoint_timeout", "1d")
                .setting("max_wal_size", "64GB")
                .setting(
                        release.isAtLeast(13) ? "wal_keep_size" : "wal_keep_segments",
                        release.isAtLeast(13) ? "64GB" : "4096")
                .build()) {
            primary.initialize();
            primary.start();
            Pgbench pgbench = new Pgbench(release, primary);
            pgbench.initialize(scenario.databaseSize());
            String model = modelRelation(primary);
            primary.stop(StopMode.FAST);
            copyRelation(target.resolve(model), scenario.relations());
            try (PostgresServer standby = primary.copyTo(source)) {
                standby.standbyOf(primary);
                primary.start();
                standby.start();
                retainWal(primary, scenario.retainedSegments());
                primary.checkpoint();
                pgbench.run(1, 4, scenario.sinceCheckpoint(), scenario.changedSize());
                standby.catchUpWith(primary);
                standby.promote();
                pgbench.run(2, 4, scenario.abandoned(), scenario.changedSize());
                primary.stop(StopMode.FAST);
                new Pgbench(release, standby).run(3, 2, scenario.onSource(), scenario.changedSize());
                standby.stop(StopMode.FAST);
            }
        }
    }

    /** A table of one page with a free space map and a visibility map, 40 kB in all; its file's path. */
    private static String modelRelation(PostgresServer server) {
        server.execute(
                "CREATE TABLE model (id int, filler char(1000))",
                "INSERT INTO model SELECT g, '' FROM generate_series(1, 7) g",
                "VACUUM model");
        return server.value("SELECT pg_relation_filepath('model')");
    }

    /**
     * Makes more relations of that kind. No catalog knows them, and to a rewind they are relations like any other; to
     * create so many with SQL would take hours.
     */
    private static void copyRelation(Path model, int count) throws IOException {
        for (String fork : new String[] {"", "_fsm", "_vm"}) {
            byte[] content = Files.readAllBytes(model.resolveSibling(model.getFileName() + fork));
            for (int i = 0; i < count; i++) {
                Files.write(model.resolveSibling((FIRST_COPY + i) + fork), content);
            }
        }
    }

    private static void retainWal(PostgresServer server, int segments) {
        for (int i = 0; i < segments; i++) {
            server.execute("INSERT INTO model VALUES (0, '')");
            server.switchWal();
        }
    }
}
