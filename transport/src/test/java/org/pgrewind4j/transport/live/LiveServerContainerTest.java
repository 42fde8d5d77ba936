package org.pgrewind4j.transport.live;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.model.Bind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.contract.Network;
import org.pgrewind4j.transport.contract.SourceUnderTest;
import org.pgrewind4j.transport.contract.TransportContractTest;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * The contract over a server in a container, whose data directory is a folder of this machine. Skipped where no container
 * engine runs. The property {@code pgrewind4j.test.container.image} names another image than the official one.
 */
@Tag("server")
class LiveServerContainerTest extends TransportContractTest {

    private static final String IMAGE = System.getProperty("pgrewind4j.test.container.image", "postgres:17");

    /** Who runs the server where the tests run as root. */
    private static final int SERVER_USER = 26;

    private static final int ATTEMPTS = 100;

    @TempDir
    private static Path folder;

    private static GenericContainer<?> container;
    private static int port;
    private static Tablespace tablespace;

    @BeforeAll
    static void start() throws IOException, SQLException, InterruptedException {
        assumeTrue(DockerClientFactory.instance().isDockerAvailable(), "no container engine runs here");
        SourceUnderTest.readable(folder);
        Path space = owned(folder.resolve("space"));
        Path data = owned(folder.resolve("data"));
        port = freePort();
        String user = Files.getAttribute(data, "unix:uid") + ":" + Files.getAttribute(data, "unix:gid");
        // Tests link to temporary folders of their own, beside this one.
        Path temporary = Objects.requireNonNull(folder.getParent());
        container = new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withNetworkMode("host")
                .withEnv("PGDATA", data.toString())
                .withEnv("POSTGRES_HOST_AUTH_METHOD", "trust")
                .withCreateContainerCmdModifier(
                        create -> Objects.requireNonNull(create.withUser(user).getHostConfig())
                                .withBinds(Bind.parse(temporary + ":" + temporary)))
                .withCommand("postgres", "-c", "port=" + port, "-c", "listen_addresses=127.0.0.1")
                .waitingFor(Wait.forLogMessage(".*listening on IPv4 address.*", 1))
                .withStartupTimeout(Duration.ofMinutes(2));
        container.start();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String command : LiveSource.CREATE_ROLE) {
                statement.execute(command);
            }
            statement.execute("CREATE TABLESPACE space LOCATION '" + space + "'");
            try (ResultSet oid = statement.executeQuery("SELECT oid FROM pg_tablespace WHERE spcname = 'space'")) {
                oid.next();
                tablespace = new Tablespace(DataPath.of("pg_tblspc/" + oid.getString(1)), space);
            }
        }
    }

    private static Path owned(Path directory) throws IOException {
        Files.createDirectory(directory);
        for (String attribute : new String[] {"unix:uid", "unix:gid"}) {
            if (Objects.equals(Files.getAttribute(directory, attribute), 0)) {
                Files.setAttribute(directory, attribute, SERVER_USER);
            }
        }
        return directory;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The server listens a moment before it lets anybody in. */
    private static Connection connect() throws SQLException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&sslmode=disable");
            } catch (SQLException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    @AfterAll
    static void stop() {
        if (container != null) {
            container.stop();
        }
    }

    @Override
    public Path dataDirectory() {
        return folder.resolve("data");
    }

    @Override
    public Transport open() throws IOException {
        return LiveServerTransport.ofJdbcUrl(LiveSource.url(port), new Properties())
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

    @Override
    public Optional<Network> network() {
        return Optional.empty();
    }
}
