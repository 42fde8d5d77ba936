package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.Openssl;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.connect.Connector;
import org.pgrewind4j.transport.connect.LibpqConnection;

/** TLS as libpq has it: with its files, and with the name that is meant, which no server of names knows. */
@ParameterizedClass
@MethodSource("releases")
@Tag("server")
class LiveServerTlsTest {

    private static final String HOST = "db.invalid";

    @TempDir
    static Path folder;

    private static Path home;
    private static Openssl openssl;
    private static PostgresServer server;

    @Parameter
    ServerRelease release;

    static Stream<ServerRelease> releases() {
        return Stream.of(ServerRelease.of("9.6"), ServerRelease.newest());
    }

    @BeforeParameterizedClassInvocation
    static void start(ServerRelease release) throws Exception {
        home = Files.createDirectory(folder.resolve("home" + release));
        Path files = Files.createDirectory(home.resolve(".postgresql"));
        openssl = new Openssl(files).authority("root").authority("other").certificate("server", HOST, "root");
        openssl.certificate("postgresql", LiveSource.ROLE, "root");
        // What "openssl ecparam -genkey" writes: parameters first, then the key by itself.
        openssl.run("ecparam -name prime256v1 -out parameters").run("ec -in postgresql.key -out sec1");
        Files.writeString(
                files.resolve("postgresql.key"),
                Files.readString(files.resolve("parameters")) + Files.readString(files.resolve("sec1")));
        server = PostgresServer.builder(release)
                .setting("ssl", "on")
                .setting("ssl_ca_file", "root.crt")
                .build();
        server.initialize();
        for (String name : List.of("server.crt", "server.key", "root.crt")) {
            Files.copy(files.resolve(name), server.dataDirectory().resolve(name));
        }
        Path access = server.dataDirectory().resolve("pg_hba.conf");
        Files.writeString(
                access,
                "hostssl all " + LiveSource.ROLE + " 127.0.0.1/32 cert\nhostnossl all " + LiveSource.ROLE
                        + " 127.0.0.1/32 reject\n" + Files.readString(access));
        server.start();
        LiveSource.createRole(server);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    private static Connector connector(String options) {
        String text = "hostaddr=127.0.0.1 port=" + server.port() + " dbname=postgres gssencmode=disable user="
                + LiveSource.ROLE + " " + options;
        return LibpqConnection.of(text, Map.of(), home).connector();
    }

    private static void assertReads(String options) throws IOException {
        try (Transport transport = new LiveServerBuilder(connector(options)).open()) {
            assertThat(transport.problems()).isEmpty();
        }
    }

    private static void assertRefused(String options, String message) {
        assertThatThrownBy(() -> new LiveServerBuilder(connector(options)).open())
                .isInstanceOf(LiveServerException.class)
                .message()
                .contains(message)
                .doesNotContain("UnknownHost");
    }

    @Test
    void findsTheFilesOfTheUser() throws IOException {
        assertReads("host=" + HOST + " sslmode=verify-full");
        assertReads("sslmode=require");
        assertReads("");
    }

    /** The address says where to connect, the name who has to be there. */
    @Test
    void checksTheNameThoughTheAddressIsGiven() throws IOException {
        assertReads("host=other.invalid sslmode=verify-ca");
        assertRefused("host=other.invalid sslmode=verify-full", "The hostname other.invalid could not be verified");
        assertRefused("sslmode=verify-full", "The hostname 127.0.0.1 could not be verified");
    }

    @Test
    void takesNamedFiles() throws Exception {
        Path files = home.resolve(".postgresql");
        openssl.run("pkcs8 -topk8 -v2 aes256 -passout pass:secret -in postgresql.key -out locked.key");
        String key = "sslcert=" + files.resolve("postgresql.crt") + " sslkey=" + files.resolve("locked.key");
        assertReads(key + " sslpassword=secret");
        assertRefused(key, "is encrypted: name its password by sslpassword");
        assertRefused("sslcertmode=disable sslmode=require", "connection requires a valid client certificate");
        assertRefused("sslcert=/nonexistent/x sslmode=require", "certificate file \"/nonexistent/x\" does not exist");
    }

    /** As libpq does: whoever has roots gets the certificate checked. */
    @Test
    void doesNotTrustOthersWhereThereAreRoots() throws IOException {
        Path other = home.resolve(".postgresql/other.crt");
        assertRefused("sslmode=require sslrootcert=" + other, "SSL error: ");
        assertReads("sslmode=require sslrootcert=/nonexistent/root.crt");
        assertRefused(
                "sslmode=verify-ca sslrootcert=/nonexistent/root.crt",
                "root certificate file \"/nonexistent/root.crt\" does not exist");
    }

    @Test
    void looksAtRevocationLists() throws Exception {
        openssl.revocations("none.crl", "root", List.of())
                .revocations("server.crl", "root", List.of("server"))
                .revocations("other.crl", "other", List.of());
        String folder = " sslmode=verify-ca sslcrl=" + home.resolve(".postgresql") + "/";
        assertReads(folder + "none.crl");
        assertRefused(folder + "server.crl", "SSL error: ");
        assertRefused(folder + "other.crl", "SSL error: ");
        Path byDefault = Files.copy(home.resolve(".postgresql/server.crl"), home.resolve(".postgresql/root.crl"));
        assertRefused("sslmode=require", "SSL error: ");
        Files.delete(byDefault);
    }

    @Test
    void keepsToTheProtocolsThatAreNamed() throws Exception {
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            Connector connector = connector(
                    "ssl_min_protocol_version=" + protocol + " ssl_max_protocol_version=" + protocol + " sslsni=0");
            try (Connection connection = connector.connect(LiveTimeouts.DEFAULT.login());
                    Statement statement = connection.createStatement();
                    ResultSet result =
                            statement.executeQuery("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
                assertThat(result.next()).isTrue();
                assertThat(result.getString(1)).isEqualTo(protocol);
            }
        }
    }
}
