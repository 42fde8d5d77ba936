package org.example.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.contract.Network;
import org.pgrewind4j.transport.contract.TransportContractTest;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** Runs the whole contract over a transport that is not the library's own. */
class PassingTransportTest extends TransportContractTest {

    private static final DataPath TABLESPACE = DataPath.of("pg_tblspc/16384");

    private static PostgresServer server;

    @BeforeAll
    static void initialize() {
        server = PostgresServer.builder(ServerRelease.newest()).build();
        server.initialize();
    }

    @AfterAll
    static void remove() {
        server.close();
    }

    @Override
    public Path dataDirectory() {
        return server.dataDirectory();
    }

    @Override
    public Transport open() throws IOException {
        return new PassingTransport(LocalDirectoryTransport.open(server.dataDirectory()));
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
    public Optional<Network> network() {
        return Optional.empty();
    }
}
