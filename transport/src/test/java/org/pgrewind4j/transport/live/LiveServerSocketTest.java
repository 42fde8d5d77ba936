package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.connect.Connector;
import org.pgrewind4j.transport.connect.LibpqConnection;
import org.pgrewind4j.transport.connect.SocketDirectories;
import org.pgrewind4j.transport.connect.SocketServer;
import org.postgresql.PGConnection;

/** How a server on this machine is reached without TCP. */
@ParameterizedClass
@MethodSource("releases")
@Tag("server")
class LiveServerSocketTest {

    private static final String ABSTRACT =
            "@pgrewind4j-" + ProcessHandle.current().pid();

    private static SocketServer source;

    @Parameter
    ServerRelease release;

    static Stream<ServerRelease> releases() {
        return Stream.of(ServerRelease.of("9.6"), ServerRelease.newest());
    }

    @BeforeParameterizedClassInvocation
    static void start(ServerRelease release) throws IOException {
        source = new SocketServer(release, release.isAtLeast(14) ? "," + ABSTRACT : "");
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        source.close();
    }

    private static LibpqConnection libpq(String options, Map<String, String> environment) {
        return LibpqConnection.of(
                options, environment, Path.of("/nonexistent"), new SocketDirectories(List.of(source.directory())));
    }

    private static String path() {
        return source.directory() + "/.s.PGSQL." + source.server().port();
    }

    private static void assertReads(LiveServerBuilder builder) throws IOException {
        try (Transport transport = builder.open()) {
            assertThat(transport.description()).contains(path());
            assertThat(transport.controlFile().systemIdentifier()).isNotZero();
        }
    }

    @Test
    void isFoundByLibpqsWords() throws IOException {
        String user = " user=" + LiveSource.ROLE + " dbname=postgres";
        String port = "port=" + source.server().port();
        assertReads(LiveServerTransport.ofConnectionString(source.options()));
        assertReads(new LiveServerBuilder(libpq(port + user, Map.of()).connector()));
        assertReads(new LiveServerBuilder(
                libpq(port + user, Map.of("PGHOST", source.directory())).connector()));
        String uri = "postgresql://" + LiveSource.ROLE + "@"
                + URLEncoder.encode(source.directory(), StandardCharsets.UTF_8) + ":"
                + source.server().port() + "/postgres";
        assertReads(LiveServerTransport.ofConnectionString(uri));
    }

    @Test
    void isFoundByUrls() throws IOException {
        String directory = URLEncoder.encode(source.directory(), StandardCharsets.UTF_8);
        String url =
                "jdbc:postgresql://" + directory + ":" + source.server().port() + "/postgres?user=" + LiveSource.ROLE;
        assertReads(LiveServerTransport.ofJdbcUrl(url, new Properties()));
        Properties properties = new Properties();
        properties.setProperty("PGHOST", source.directory());
        properties.setProperty("PGPORT", Integer.toString(source.server().port()));
        properties.setProperty("user", LiveSource.ROLE);
        // What libpq does not ask for on a socket either.
        properties.setProperty("sslmode", "verify-full");
        assertReads(LiveServerTransport.ofJdbcUrl("jdbc:postgresql:postgres", properties));
    }

    @Test
    void asksForNoEncryption() throws IOException {
        assertReads(LiveServerTransport.ofConnectionString(source.options() + " sslmode=verify-full"));
    }

    @Test
    void isTriedInTurnWithOtherHosts() throws IOException {
        String ports =
                " port=1," + source.server().port() + "," + source.server().port();
        String user = " user=" + LiveSource.ROLE + " dbname=postgres";
        String socketLast = "host=127.0.0.1,/nonexistent," + source.directory() + ports + user;
        assertReads(LiveServerTransport.ofConnectionString(socketLast));
        String socketFirst = "host=/nonexistent," + source.directory() + ",127.0.0.1" + ports + user;
        assertReads(LiveServerTransport.ofConnectionString(socketFirst));
        String tcp = "host=/nonexistent,/nonexistent,127.0.0.1" + ports + user;
        try (LiveServerTransport transport =
                LiveServerTransport.ofConnectionString(tcp).open()) {
            assertThat(transport.mode()).isEqualTo(SourceMode.PRIMARY);
        }
        assertThatThrownBy(() -> LiveServerTransport.ofConnectionString("host=127.0.0.1,/nonexistent port=1" + user)
                        .open())
                .isInstanceOf(LiveServerException.class)
                .hasMessageStartingWith("could not connect to server \"127.0.0.1:1,/nonexistent/.s.PGSQL.1\":"
                        + " 127.0.0.1:1: Connection to 127.0.0.1:1 refused.")
                .hasMessageEndingWith("; /nonexistent/.s.PGSQL.1: The connection attempt failed."
                        + " (socket \"/nonexistent/.s.PGSQL.1\": No such file or directory)");
    }

    @Test
    void looksForTheServerThatIsWanted() throws IOException {
        String options = "host=/nonexistent," + source.directory() + " port="
                + source.server().port() + " user=" + LiveSource.ROLE + " dbname=postgres target_session_attrs=";
        assertReads(LiveServerTransport.ofConnectionString(options + "primary"));
        assertReads(LiveServerTransport.ofConnectionString(options + "prefer-standby"));
        assertThatThrownBy(() -> LiveServerTransport.ofConnectionString(options + "standby")
                        .open())
                .hasMessageEndingWith("Could not find a server with specified targetServerType: secondary");
    }

    @Test
    void aServerThatRefusesHasTheLastWord() {
        String options = "host=" + source.directory() + ",127.0.0.1 port="
                + source.server().port();
        assertThatThrownBy(() -> LiveServerTransport.ofConnectionString(options + " dbname=postgres user=nobody")
                        .open())
                .isInstanceOfSatisfying(
                        LiveServerException.class, e -> assertThat(e.sqlState()).contains("28000"))
                .hasMessageContaining("Peer authentication failed for user \"nobody\"");
    }

    @Test
    void trustsOnlyTheUserThatIsRequired() throws IOException {
        String owner = Files.getOwner(Path.of(path())).getName();
        assertReads(LiveServerTransport.ofConnectionString(source.options() + " requirepeer=" + owner));
        assertThatThrownBy(() -> LiveServerTransport.ofConnectionString(source.options() + " requirepeer=somebody")
                        .open())
                .hasMessage("could not connect to server \"" + path() + "\": The connection attempt failed."
                        + " (requirepeer specifies \"somebody\", but actual peer user name is \"" + owner + "\")");
    }

    @Test
    void isReachedWithoutAFile() throws IOException {
        String options = "host=" + ABSTRACT + " port=" + source.server().port() + " user=" + LiveSource.ROLE
                + " dbname=postgres";
        if (!release.isAtLeast(14)) {
            // Such a server cannot listen there, so that nobody answers.
            assertThatThrownBy(() ->
                            LiveServerTransport.ofConnectionString(options).open())
                    .isInstanceOf(LiveServerException.class)
                    .hasMessageContaining(ABSTRACT);
            return;
        }
        try (LiveServerTransport transport =
                LiveServerTransport.ofConnectionString(options).open()) {
            assertThat(transport.mode()).isEqualTo(SourceMode.PRIMARY);
            assertThat(transport.connectionParameters(LiveServerTransport.Secrets.INCLUDED))
                    .containsEntry("host", ABSTRACT);
        }
        assertThatThrownBy(() -> LiveServerTransport.ofConnectionString(options + " requirepeer=somebody")
                        .open())
                .hasMessageContaining("requirepeer is not supported for a socket without a file");
    }

    @Test
    void cancelsOverTheSocketToo() throws Exception {
        Connector connector = LibpqConnection.of(source.options(), Map.of(), Path.of("/nonexistent"))
                .connector();
        try (Connection connection = connector.connect(LiveTimeouts.DEFAULT.login());
                Statement statement = connection.createStatement()) {
            CompletableFuture<String> ended = CompletableFuture.supplyAsync(() -> {
                try {
                    statement.execute("SELECT pg_sleep(50)");
                    return "slept";
                } catch (SQLException e) {
                    return e.getSQLState();
                }
            });
            String sleeps = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'";
            while (source.server().value(sleeps).equals("0")) {
                Thread.onSpinWait();
            }
            connection.unwrap(PGConnection.class).cancelQuery();
            assertThat(ended.get()).isEqualTo("57014");
        }
    }

    @Test
    void doesNotWaitForASilentSocket() throws IOException {
        Path silent = Path.of(source.directory(), ".s.PGSQL.1");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(silent));
            LiveTimeouts timeouts =
                    LiveTimeouts.DEFAULT.withConnect(Duration.ofSeconds(1)).withSocket(Duration.ofSeconds(1));
            assertThatThrownBy(() -> LiveServerTransport.ofConnectionString("port=1 user=a host=" + source.directory())
                            .timeouts(timeouts)
                            .open())
                    .isInstanceOf(LiveServerException.class)
                    .hasMessageStartingWith("could not connect to server \"" + silent + "\": ");
        } finally {
            Files.delete(silent);
        }
    }
}
