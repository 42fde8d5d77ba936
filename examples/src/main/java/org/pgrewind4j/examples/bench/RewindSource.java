package org.pgrewind4j.examples.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;

/** What the contenders of a comparison rewind from: a stopped data directory, or a server that runs on a copy of it. */
abstract class RewindSource implements Closeable {

    /** The source as an option of {@code pg_rewind}. */
    abstract String option();

    /** Fails unless a rewound data directory follows this source and ends equal to it. */
    abstract void check(Path rewound) throws IOException, InterruptedException;

    /** What has passed on the way to the source, as far as that is counted. */
    SlowNetwork.Traffic traffic() {
        return new SlowNetwork.Traffic(0, 0, 0);
    }

    @Override
    public void close() throws IOException {}

    /**
     * Takes the data directory itself.
     *
     * @param copy where a server runs for the check
     */
    static RewindSource directory(Path source, Path copy, ServerRelease release) {
        return new RewindSource() {
            @Override
            String option() {
                return "--source-pgdata=" + source;
            }

            @Override
            void check(Path rewound) throws IOException, InterruptedException {
                PristineCopy.restore(source, copy);
                try (PostgresServer server =
                        PostgresServer.builder(release).dataDirectory(copy).build()) {
                    server.start();
                    ResultCheck.check(server, rewound);
                }
            }
        };
    }

    /**
     * Starts a server.
     *
     * @param copy where it runs
     * @param roundTrip how long bytes take to it and back; null if they go straight to it
     */
    static RewindSource server(Path source, Path copy, ServerRelease release, @Nullable Duration roundTrip)
            throws IOException, InterruptedException {
        PristineCopy.restore(source, copy);
        PostgresServer server =
                PostgresServer.builder(release).dataDirectory(copy).build();
        // What a contender has to copy must not grow while the others have their turn.
        server.configure("autovacuum", "off");
        server.start();
        return new Server(server, roundTrip == null ? null : new SlowNetwork(server.port(), roundTrip));
    }

    private static final class Server extends RewindSource {
        private final PostgresServer server;
        private final @Nullable SlowNetwork network;

        Server(PostgresServer server, @Nullable SlowNetwork network) {
            this.server = server;
            this.network = network;
        }

        @Override
        String option() {
            int port = network == null ? server.port() : network.port();
            return "--source-server=host=127.0.0.1 port=" + port + " user=" + PostgresServer.USER
                    + " dbname=postgres sslmode=disable";
        }

        @Override
        SlowNetwork.Traffic traffic() {
            return network == null ? super.traffic() : network.traffic();
        }

        @Override
        void check(Path rewound) throws IOException {
            ResultCheck.check(server, rewound);
            server.start();
        }

        @Override
        public void close() throws IOException {
            try (server) {
                if (network != null) {
                    network.close();
                }
            }
        }
    }
}
