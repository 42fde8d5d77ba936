package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
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

/** The contract over a running primary of each release, by the role with the least rights that the release allows. */
@ParameterizedClass
@MethodSource("org.pgrewind4j.testserver.ServerRelease#all")
@Tag("server")
class LiveServerTransportContractTest extends TransportContractTest {

    private static PostgresServer server;
    private static Tablespace tablespace;

    @Parameter
    ServerRelease release;

    @BeforeParameterizedClassInvocation
    static void start(ServerRelease release) throws IOException {
        server = PostgresServer.builder(release).build();
        server.initialize();
        Path location = Files.createDirectory(server.dataDirectory().resolveSibling("space"));
        server.start();
        LiveSource.createRole(server);
        server.execute("CREATE TABLESPACE space LOCATION '" + location + "'");
        String oid = server.value("SELECT oid FROM pg_tablespace WHERE spcname = 'space'");
        tablespace = new Tablespace(DataPath.of("pg_tblspc/" + oid), location);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @Override
    public Path dataDirectory() {
        return server.dataDirectory();
    }

    @Override
    public Transport open() throws IOException {
        return LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties())
                .open();
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

    /** Of the newest release: what is sent and how long it is waited for differs in no other. */
    @Override
    public Optional<Network> network() throws IOException {
        return release.equals(ServerRelease.newest())
                ? Optional.of(new ProxiedNetwork(server.port()))
                : Optional.empty();
    }
}
