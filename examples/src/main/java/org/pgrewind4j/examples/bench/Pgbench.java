package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;

/** The release's {@code pgbench} on one server. */
final class Pgbench {

    private final Path program;
    private final PostgresServer server;

    Pgbench(ServerRelease release, PostgresServer server) {
        this.program = release.bin().resolve("pgbench");
        this.server = server;
    }

    /** Makes the tables. */
    void initialize(int scale) throws IOException, InterruptedException {
        pgbench("--initialize", "--quiet", "--scale=" + scale);
    }

    /**
     * Has clients make transactions.
     *
     * @param seed decides which rows they change: the same ones whenever the scenario is made, other ones in each part
     * @param scale they change rows of a database of that scale, which is the first part of a larger one
     */
    void run(int seed, int clients, int transactions, int scale) throws IOException, InterruptedException {
        pgbench(
                "--no-vacuum",
                "--random-seed=" + seed,
                "--define=scale=" + scale,
                "--client=" + clients,
                "--jobs=2",
                "--transactions=" + transactions);
    }

    private void pgbench(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "--host=127.0.0.1", "--port=" + server.port(), "--username=" + PostgresServer.USER, "postgres"));
        Stopwatch.output(command);
    }
}
