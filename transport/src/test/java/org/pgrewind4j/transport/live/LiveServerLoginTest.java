package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.postgresql.ds.PGSimpleDataSource;

/** Who is let in, with which settings, and what is said to those who are not. */
@Tag("server")
class LiveServerLoginTest {

    private static PostgresServer server;

    @BeforeAll
    static void start() throws IOException {
        server = PostgresServer.builder(ServerRelease.newest()).build();
        server.initialize();
        Path access = server.dataDirectory().resolve("pg_hba.conf");
        Files.writeString(access, "host all protected 127.0.0.1/32 scram-sha-256\n" + Files.readString(access));
        server.start();
        LiveSource.createRole(server);
        server.execute(
                "CREATE ROLE protected LOGIN PASSWORD 'right'",
                "GRANT " + LiveSource.ROLE + " TO protected",
                "CREATE ROLE \"no \"\"rights\" LOGIN");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static LiveServerTransport libpq(String options) throws IOException {
        return LiveServerTransport.ofConnectionString("host=127.0.0.1 port=" + server.port() + " dbname=postgres "
                        + "sslmode=disable gssencmode=disable " + options)
                .open();
    }

    @Test
    void letsInARoleWithItsPassword() throws IOException {
        try (Transport transport = libpq("user=protected password=right")) {
            assertThat(transport.problems()).isEmpty();
            assertThat(transport.description()).isEqualTo("server \"127.0.0.1:" + server.port() + "\"");
        }
    }

    @Test
    void saysWhatTheServerSays() {
        assertRefused(
                "user=protected password=wrong",
                "28P01",
                "password authentication failed for user \"protected\"\n"
                        + "HINT: check the role's name and password.");
        assertRefused(
                "user=nobody",
                "28000",
                "role \"nobody\" does not exist\nHINT: check the role's name, and pg_hba.conf on the source.");
        assertRefused(
                "user=" + LiveSource.ROLE + " dbname=none",
                "3D000",
                "database \"none\" does not exist\nHINT: name a database that exists, such as postgres.");
    }

    private static void assertRefused(String options, String state, String message) {
        assertThatThrownBy(() -> libpq(options))
                .isInstanceOfSatisfying(
                        LiveServerException.class, e -> assertThat(e.sqlState()).contains(state))
                .hasMessage("could not connect to server \"127.0.0.1:" + server.port() + "\": " + message);
    }

    @Test
    void refusesReplicationConnectionsByName() {
        assertThatThrownBy(() -> libpq("user=" + LiveSource.ROLE + " replication=database"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("connection option \"replication\": a replication connection cannot read files\n"
                        + "HINT: leave the option out.");
        assertThatThrownBy(() ->
                        LiveServerTransport.ofJdbcUrl(LiveSource.url(server) + "&replication=true", new Properties()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("connection property \"replication\": a replication connection cannot read files\n"
                        + "HINT: leave it out.");
    }

    @Test
    void refusesOtherUrlsWithoutRepeatingThem() {
        assertThatThrownBy(() -> LiveServerTransport.ofJdbcUrl("jdbc:mysql://host/?password=secret", new Properties()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a URL of the PostgreSQL driver\nHINT: it is jdbc:postgresql://host:port/database");
    }

    @Test
    void doesNotGoOnWithoutTheEncryptionThatWasAskedFor() {
        assertThatThrownBy(() -> LiveServerTransport.ofConnectionString("host=127.0.0.1 port=" + server.port()
                                + " dbname=postgres sslmode=require user=" + LiveSource.ROLE)
                        .open())
                .isInstanceOf(LiveServerException.class)
                .hasMessage("could not connect to server \"127.0.0.1:" + server.port()
                        + "\": The server does not support SSL.");
    }

    @Test
    void asksForACheckpointIfItIsTold() throws IOException {
        LiveServerBuilder asSuperuser = LiveServerTransport.ofJdbcUrl(
                        LiveSource.url(server).replace(LiveSource.ROLE, PostgresServer.USER), new Properties())
                .checkpointFirst();
        String before = server.value("SELECT checkpoint_lsn FROM pg_control_checkpoint()");
        try (Transport transport = asSuperuser.open()) {
            assertThat(transport.controlFile().checkPoint()).isGreaterThan(Lsn.parse(before));
        }
        assertThatThrownBy(() -> LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties())
                        .checkpointFirst()
                        .open())
                .isInstanceOf(LiveServerException.class)
                .hasMessageStartingWith("could not read from server \"127.0.0.1:" + server.port()
                        + "\": permission denied to execute CHECKPOINT command");
    }

    @Test
    void saysHowAStandbyReachesTheSource() throws IOException {
        try (LiveServerTransport transport = libpq("user=protected password=right application_name=x")) {
            assertThat(transport.connectionParameters(LiveServerTransport.Secrets.INCLUDED))
                    .containsExactly(
                            Map.entry("host", "127.0.0.1"),
                            Map.entry("port", Integer.toString(server.port())),
                            Map.entry("dbname", "postgres"),
                            Map.entry("user", "protected"),
                            Map.entry("password", "right"),
                            Map.entry("application_name", "x"),
                            Map.entry("sslmode", "disable"),
                            Map.entry("gssencmode", "disable"));
            assertThat(transport.connectionParameters(LiveServerTransport.Secrets.LEFT_OUT))
                    .doesNotContainKey("password")
                    .containsEntry("user", "protected");
        }
        try (LiveServerTransport transport = LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties())
                .open()) {
            assertThat(transport.connectionParameters(LiveServerTransport.Secrets.INCLUDED))
                    .containsExactly(
                            Map.entry("host", "127.0.0.1"),
                            Map.entry("port", Integer.toString(server.port())),
                            Map.entry("dbname", "postgres"),
                            Map.entry("user", LiveSource.ROLE),
                            Map.entry("sslmode", "disable"),
                            Map.entry("gssencmode", "disable"));
        }
    }

    @Test
    void dataSourcesConnectionSaysWhereAStandbyFindsTheSource() throws SQLException {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(LiveSource.url(server));
        dataSource.setUser("protected");
        dataSource.setPassword("right");
        try (Connection connection = dataSource.getConnection()) {
            assertThat(PrimaryConninfo.ofConnection(connection, PrimaryConninfo.Secrets.KEEP))
                    .isEqualTo("host=127.0.0.1 port=" + server.port()
                            + " dbname=postgres user=protected sslmode=disable gssencmode=disable");
        }
    }

    @Test
    void refusesPoolers() throws IOException {
        try (FaultyProxy proxy = new FaultyProxy(server.port())) {
            proxy.failAfter(0, FaultyProxy.Fault.POOLER, Integer.MAX_VALUE);
            assertThatThrownBy(() -> LiveServerTransport.ofJdbcUrl(LiveSource.url(proxy.port()), new Properties())
                            .open())
                    .isInstanceOf(LiveServerException.class)
                    .hasMessage("connected to server \"127.0.0.1:" + proxy.port() + "\" through a pooler, which mixes"
                            + " sessions\nHINT: connect to the server itself.");
        }
    }

    @Test
    void reportsMissingRightsAndHowToGiveThem() throws IOException {
        try (Transport transport = libpq("user='no \"rights'")) {
            SourceProblem problem = transport.problems().get(0);
            assertThat(transport.problems())
                    .containsExactly(new SourceProblem(
                            SourceProblem.Kind.NOT_PERMITTED,
                            "role \"no \"rights\" of " + transport.description() + " may not execute"
                                    + " pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),"
                                    + " pg_read_binary_file(text, bigint, bigint, boolean)",
                            "run on the source, in the database that is connected to: GRANT EXECUTE ON FUNCTION"
                                    + " pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),"
                                    + " pg_read_binary_file(text, bigint, bigint, boolean) TO \"no \"\"rights\";"));
            assertThatThrownBy(() -> transport.list(Set.of(), file -> {}))
                    .isInstanceOfSatisfying(
                            LiveServerException.class,
                            e -> assertThat(e.sqlState()).contains("42501"));
            server.execute(problem.cure().substring(problem.cure().indexOf("GRANT")));
            assertThat(transport.problems()).isEmpty();
            server.execute(problem.cure()
                    .substring(problem.cure().indexOf("GRANT"))
                    .replace("GRANT", "REVOKE")
                    .replace(" TO ", " FROM "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "10"})
    void wantsASuperuserWhereThereAreNoGrants(String release) throws IOException {
        try (PostgresServer old =
                PostgresServer.builder(ServerRelease.of(release)).build()) {
            old.initialize();
            old.start();
            old.execute("CREATE ROLE plain LOGIN");
            String url = LiveSource.url(old).replace(LiveSource.ROLE, "plain");
            try (Transport transport =
                    LiveServerTransport.ofJdbcUrl(url, new Properties()).open()) {
                assertThat(transport.problems())
                        .containsExactly(new SourceProblem(
                                SourceProblem.Kind.NOT_PERMITTED,
                                "role \"plain\" of " + transport.description() + " is not a superuser, which alone may"
                                        + " read files before PostgreSQL 11",
                                "connect as a superuser."));
            }
        }
    }

    @Test
    void reportsFullPageWritesThatAreOff() throws IOException {
        server.execute("ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()");
        try {
            while (!server.value("SHOW full_page_writes").equals("off")) {
                Thread.onSpinWait();
            }
            try (Transport transport = libpq("user=" + LiveSource.ROLE)) {
                assertThat(transport.problems())
                        .containsExactly(new SourceProblem(
                                SourceProblem.Kind.FULL_PAGE_WRITES_OFF,
                                "\"full_page_writes\" must be enabled in the source server: " + transport.description()
                                        + ": expected \"on\", found \"off\"",
                                "set full_page_writes = on on the source, reload, and run CHECKPOINT there."));
            }
        } finally {
            server.execute("ALTER SYSTEM RESET full_page_writes", "SELECT pg_reload_conf()");
            while (!server.value("SHOW full_page_writes").equals("on")) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void doesNotDependOnTheRolesSettings() throws IOException {
        server.execute(
                "CREATE SCHEMA traps",
                "GRANT USAGE ON SCHEMA traps TO PUBLIC",
                "CREATE FUNCTION traps.pg_ls_dir(text, boolean, boolean) RETURNS SETOF text LANGUAGE sql"
                        + " AS $$ SELECT 'trap'::text $$",
                "CREATE ROLE peculiar LOGIN IN ROLE " + LiveSource.ROLE,
                "ALTER ROLE peculiar SET search_path = traps, pg_catalog",
                "ALTER ROLE peculiar SET statement_timeout = '20s'",
                "ALTER ROLE peculiar SET standard_conforming_strings = off",
                "ALTER ROLE peculiar SET bytea_output = escape",
                "ALTER ROLE peculiar SET default_transaction_isolation = serializable");
        Path file = Files.writeString(server.dataDirectory().resolve("it's \\ \"odd\""), "content");
        try (Transport transport = LiveServerTransport.ofJdbcUrl(
                        LiveSource.url(server).replace(LiveSource.ROLE, "peculiar"), new Properties())
                .open()) {
            List<SourceFile> listed = new ArrayList<>();
            transport.list(Set.of(), listed::add);
            assertThat(listed)
                    .contains(SourceFile.file(DataPath.of(file.getFileName().toString()), 7))
                    .contains(SourceFile.directory(DataPath.of("global")));
            assertThat(transport.read(DataPath.of(file.getFileName().toString()), 100))
                    .asString()
                    .isEqualTo("content");
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void givesConnectionsOfADataSourceBackAsTheyWere() throws Exception {
        PGSimpleDataSource simple = new PGSimpleDataSource();
        simple.setUrl(LiveSource.url(server));
        try (Connection physical = simple.getConnection()) {
            Connection lent = (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) ->
                            method.getName().equals("close") ? null : method.invoke(physical, arguments));
            DataSource pool = (DataSource) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> lent);
            try (Transport transport =
                    LiveServerTransport.ofDataSource(pool, "primary").open()) {
                assertThat(transport.read(DataPath.of("PG_VERSION"), 10)).isNotEmpty();
                assertThat(transport.description()).isEqualTo("server \"primary\"");
                assertThat(show(physical, "default_transaction_read_only")).isEqualTo("on");
                assertThat(show(physical, "search_path")).isEqualTo("pg_catalog");
            }
            assertThat(show(physical, "default_transaction_read_only")).isEqualTo("off");
            assertThat(show(physical, "search_path")).isEqualTo("\"$user\", public");
        }
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement();
                var result = statement.executeQuery("SHOW " + setting)) {
            result.next();
            return result.getString(1);
        }
    }
}
