package org.pgrewind4j.examples.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.contract.Network;
import org.pgrewind4j.transport.contract.TransportContractTest;

/** A transport of one's own passes the whole contract, round trips and time limits included. */
@Tag("server")
class SocketTransportContractTest extends TransportContractTest {

    private static final DataPath TABLESPACE = DataPath.of("pg_tblspc/4000000002");
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static PostgresServer postgres;
    private static DirectoryServer server;

    @BeforeAll
    static void serve() throws IOException {
        postgres = PostgresServer.builder(ServerRelease.of("17")).build();
        postgres.initialize();
        server = DirectoryServer.start(postgres.dataDirectory(), () -> {});
    }

    @AfterAll
    static void close() throws IOException {
        server.close();
        postgres.close();
    }

    @Override
    public Path dataDirectory() {
        return postgres.dataDirectory();
    }

    @Override
    public Transport open() throws IOException {
        return SocketTransport.open(server.address(), Duration.ofMinutes(1));
    }

    @Override
    public SourceMode mode() {
        return SourceMode.STOPPED;
    }

    @Override
    public boolean seesLinks() {
        return true;
    }

    @Override
    public Tablespace tablespace() throws IOException {
        Path location = dataDirectory().resolveSibling("space");
        if (Files.notExists(location)) {
            Files.createDirectory(location);
            Files.createSymbolicLink(place(TABLESPACE), location);
        }
        return new Tablespace(TABLESPACE, location);
    }

    @Override
    public Optional<Network> network() throws IOException {
        return Optional.of(new CountedServer());
    }

    /** A server of its own that counts requests, and can fall silent. */
    private static final class CountedServer implements Network {
        private final AtomicLong requests = new AtomicLong();
        private final AtomicBoolean isSilent = new AtomicBoolean();
        private final CountDownLatch closed = new CountDownLatch(1);
        private final DirectoryServer counted;

        CountedServer() throws IOException {
            counted = DirectoryServer.start(postgres.dataDirectory(), this::asked);
        }

        private void asked() {
            requests.incrementAndGet();
            try {
                if (isSilent.get()) {
                    closed.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public Transport open() throws IOException {
            return SocketTransport.open(counted.address(), PATIENCE);
        }

        @Override
        public long roundTrips() {
            return requests.get();
        }

        @Override
        public void silence() {
            isSilent.set(true);
        }

        @Override
        public void close() throws IOException {
            closed.countDown();
            counted.close();
        }
    }
}
