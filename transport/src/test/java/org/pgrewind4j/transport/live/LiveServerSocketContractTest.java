package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
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
import org.pgrewind4j.transport.connect.SocketServer;
import org.pgrewind4j.transport.contract.Network;
import org.pgrewind4j.transport.contract.TransportContractTest;

/** The contract over a Unix-domain socket, as the user of the operating system, on the oldest and the newest release. */
@ParameterizedClass
@MethodSource("releases")
@Tag("server")
class LiveServerSocketContractTest extends TransportContractTest {

    private static SocketServer source;
    private static PostgresServer server;
    private static Tablespace tablespace;

    @Parameter
    ServerRelease release;

    static Stream<ServerRelease> releases() {
        return Stream.of(ServerRelease.of("9.6"), ServerRelease.newest());
    }

    @BeforeParameterizedClassInvocation
    static void start(ServerRelease release) throws IOException {
        source = new SocketServer(release, "");
        server = source.server();
        Path location = Files.createDirectory(server.dataDirectory().resolveSibling("space"));
        server.execute("CREATE TABLESPACE space LOCATION '" + location + "'");
        String oid = server.value("SELECT oid FROM pg_tablespace WHERE spcname = 'space'");
        tablespace = new Tablespace(DataPath.of("pg_tblspc/" + oid), location);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        source.close();
    }

    @Override
    public Path dataDirectory() {
        return server.dataDirectory();
    }

    @Override
    public Transport open() throws IOException {
        return LiveServerTransport.ofConnectionString(source.options()).open();
    }

    @Override
    public SourceMode mode() {
        return SourceMode.PRIMARY;
    }

    @Override
    public boolean seesLinks() {
        return false;
    }

    @Override
    public Tablespace tablespace() {
        return tablespace;
    }

    @Override
    public Optional<Network> network() {
        return Optional.empty();
    }
}
