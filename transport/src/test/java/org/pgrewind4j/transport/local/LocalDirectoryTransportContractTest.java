package org.pgrewind4j.transport.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.contract.Network;
import org.pgrewind4j.transport.contract.TransportContractTest;

/** The contract over a stopped data directory of each release. */
@ParameterizedClass
@MethodSource("org.pgrewind4j.testserver.ServerRelease#all")
@Tag("server")
class LocalDirectoryTransportContractTest extends TransportContractTest {

    private static final DataPath TABLESPACE = DataPath.of("pg_tblspc/4000000002");

    private static PostgresServer server;

    @Parameter
    ServerRelease release;

    @BeforeParameterizedClassInvocation
    static void initialize(ServerRelease release) {
        server = PostgresServer.builder(release).build();
        server.initialize();
    }

    @AfterParameterizedClassInvocation
    static void remove() {
        server.close();
    }

    @Override
    public Path dataDirectory() {
        return server.dataDirectory();
    }

    @Override
    public Transport open() throws IOException {
        return LocalDirectoryTransport.open(server.dataDirectory());
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
