package org.pgrewind4j.transport.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.transport.libpq.LibpqOption;

class LibpqConnectionTest {

    private static final Path NO_HOME = Path.of("/nonexistent");

    private static final SocketDirectories NO_SOCKETS = new SocketDirectories(List.of("/nonexistent", "/"));

    private static LibpqConnection of(String text) {
        return of(text, Map.of());
    }

    private static LibpqConnection of(String text, Map<String, String> environment) {
        return LibpqConnection.of(text, environment, NO_HOME, NO_SOCKETS);
    }

    private static String hosts(LibpqConnection connection) {
        return connection.hosts().stream().map(SourceHost::toString).collect(Collectors.joining(","));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host=a                                    | a:5432",
                "host=a port=5433                          | a:5433",
                "  host = a  port = '5433'                 | a:5433",
                "host=a,b port=5433                        | a:5433,b:5433",
                "host=a,b port=5433,5434                   | a:5433,b:5434",
                "hostaddr=10.0.0.1 host=a                  | 10.0.0.1:5432",
                "hostaddr=,10.0.0.1 host=a,b               | a:5432,10.0.0.1:5432",
                "host=::1                                  | [::1]:5432",
                "hostaddr=fe80::1%eth0                     | [fe80::1%eth0]:5432",
                "''                                        | //.s.PGSQL.5432",
                "port=5433                                 | //.s.PGSQL.5433",
                "host=/run/postgresql port=5433            | /run/postgresql/.s.PGSQL.5433",
                "host=a,/tmp,,@x port=1,2,3,4              | a:1,/tmp/.s.PGSQL.2,//.s.PGSQL.3,@x/.s.PGSQL.4",
                "host=/tmp hostaddr=10.0.0.1               | 10.0.0.1:5432",
                "postgresql://                             | //.s.PGSQL.5432",
                "postgresql://%2Fvar%2frun/db              | /var/run/.s.PGSQL.5432",
                "postgresql://%40x:1                       | @x/.s.PGSQL.1",
                "postgresql:///db?host=/tmp                | /tmp/.s.PGSQL.5432",
                "postgres://a                              | a:5432",
                "postgresql://a:5433/db                    | a:5433",
                "postgresql://u:p@a:5433,b/db?sslmode=allow| a:5433,b:5432",
                "postgresql://[::1]:5433                   | [::1]:5433",
                "postgresql:///db?host=a&port=5433         | a:5433",
                "postgresql://%61%2eb                      | a.b:5432",
            })
    void findsHostsAndPorts(String text, String expected) {
        assertThat(hosts(of(text))).isEqualTo(expected);
        assertThat(of(text).connector().description()).isEqualTo("server \"" + expected + "\"");
    }

    @Test
    void readsQuotesAndEscapes() {
        Properties properties = of("user='it\\'s me' password=a\\ b\\\\c dbname='' application_name = 'x y'")
                .properties();
        assertThat(properties)
                .containsEntry("user", "it's me")
                .containsEntry("password", "a b\\c")
                .containsEntry("PGDBNAME", "it's me")
                .containsEntry("ApplicationName", "x y");
        assertThat(of("postgresql://u%20x:p%40%2b+@a/d%2fb?options=-c%20x%3d1").properties())
                .containsEntry("user", "u x")
                .containsEntry("password", "p@++")
                .containsEntry("PGDBNAME", "d/b")
                .containsEntry("options", "-c x=1");
    }

    @Test
    void tellsTheDriverInItsOwnWords() {
        assertThat(of("sslmode=verify-full sslrootcert=/r sslcert=/c sslkey=/k sslnegotiation=direct"
                                + " channel_binding=require gssencmode=disable krbsrvname=pg require_auth=scram-sha-256"
                                + " target_session_attrs=prefer-standby load_balance_hosts=random keepalives=0")
                        .properties())
                .containsEntry("sslmode", "verify-full")
                .containsEntry("sslrootcert", "/r")
                .containsEntry("sslcert", "/c")
                .containsEntry("sslkey", "/k")
                .containsEntry("sslNegotiation", "direct")
                .containsEntry("channelBinding", "require")
                .containsEntry("gssEncMode", "disable")
                .containsEntry("kerberosServerName", "pg")
                .containsEntry("requireAuth", "scram-sha-256")
                .containsEntry("targetServerType", "preferSecondary")
                .containsEntry("loadBalanceHosts", "true")
                .containsEntry("tcpKeepAlive", "false");
        assertThat(of("postgresql://a?ssl=true").properties()).containsEntry("sslmode", "require");
        assertThat(of("host=a requiressl=1").properties()).containsEntry("sslmode", "require");
        assertThat(of("host=a connect_timeout=7").connectTimeout()).contains(Duration.ofSeconds(7));
        assertThat(of("host=a connect_timeout=0").connectTimeout()).isEmpty();
    }

    @Test
    void ignoresWhatHasNoEffect() {
        assertThat(hosts(of("host=a client_encoding=latin1 keepalives_idle=5 tcp_user_timeout=1"
                        + " fallback_application_name=x sslcompression=0 sslsni=1 replication=off")))
                .isEqualTo("a:5432");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host=a sslkeylogfile=/x       | connection option \"sslkeylogfile\" is not supported",
                "host=a sslcertmode=require    | connection option \"sslcertmode\" with value \"require\" is not supported",
                "host=a sslsni=2               | connection option \"sslsni\" with value \"2\" is not supported",
                "host=a load_balance_hosts=x   | connection option \"load_balance_hosts\": invalid value \"x\"",
                "host=a sslrootcert=system     | connection option \"sslrootcert\" with value \"system\" is not supported",
                "host=a oauth_scope=x          | connection option \"oauth_scope\" is not supported",
                "host=a replication=database   | connection option \"replication\": a replication connection cannot read"
                        + " files",
                "hostaddr=a                    | connection option \"hostaddr\": expected an IP address, found \"a\"",
                "host=a,b hostaddr=10.0.0.1    | connection option \"hostaddr\": could not match 2 host names to 1"
                        + " addresses",
                "host=/tmp gssencmode=require  | connection option \"gssencmode\": GSSAPI encryption required, but it is not"
                        + " supported over a local socket",
                "host=a colour=blue            | invalid connection option \"colour\"",
                "host                          | connection string: expected \"=\" after \"host\"",
                "host=a password='x            | connection string: the quoted value of \"password\" has no closing quote",
                "host=a port=x                 | connection option \"port\": expected from 1 to 65535",
                "host=a port=65536             | connection option \"port\": expected from 1 to 65535",
                "host=a,b,c port=1,2           | connection option \"port\": 2 ports for 3 hosts",
                "host=a connect_timeout=soon   | connection option \"connect_timeout\": expected a number of seconds",
                "host=a target_session_attrs=x | connection option \"target_session_attrs\": invalid value \"x\"",
                "postgresql://a?x              | connection string: a parameter without \"=\" behind \"?\"",
                "postgresql://[::1             | connection string: an IPv6 address without closing bracket",
                "postgresql://a%zz             | connection string: a percent sign without two hexadecimal digits",
            })
    void refusesByName(String text, String message) {
        assertThatThrownBy(() -> {
                    LibpqConnection connection = of(text);
                    connection.connector();
                    connection.connectTimeout();
                    connection.properties();
                })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    /** PostgreSQL 18: src/interfaces/libpq/fe-connect.c, PQconninfoOptions; each with a value that is not its default. */
    @ParameterizedTest
    @CsvSource({
        // What decides whom it connects to, and how that is protected, is done as asked for, or not done at all.
        "service, , named",
        "servicefile, /nonexistent, taken",
        "user, u, taken",
        "password, p, taken",
        "passfile, /nonexistent, taken",
        "channel_binding, require, taken",
        "connect_timeout, 7, taken",
        "dbname, d, taken",
        "hostaddr, 10.0.0.1, taken",
        "port, 5433, taken",
        "options, -c x=1, taken",
        "application_name, x, taken",
        "keepalives, 0, taken",
        "sslmode, verify-full, taken",
        "sslnegotiation, direct, taken",
        "sslcert, /c, taken",
        "sslkey, /k, taken",
        "sslpassword, p, taken",
        "sslcertmode, require, refused",
        "sslrootcert, system, refused",
        "sslrootcert, /r, taken",
        "sslcrl, /c, taken",
        "sslcrldir, /c, taken",
        "sslsni, 0, taken",
        "requirepeer, postgres, taken",
        "require_auth, scram-sha-256, taken",
        "ssl_min_protocol_version, TLSv1.3, taken",
        "ssl_max_protocol_version, TLSv1.2, taken",
        "gssencmode, require, taken",
        "krbsrvname, pg, taken",
        "gsslib, gssapi, taken",
        "gssdelegation, 1, refused",
        "target_session_attrs, read-write, taken",
        "load_balance_hosts, random, taken",
        "sslcompression, 1, refused",
        "min_protocol_version, 3.2, refused",
        "max_protocol_version, 3.2, taken",
        "replication, true, refused",
        "scram_client_key, x, refused",
        "scram_server_key, x, refused",
        "sslkeylogfile, /x, refused",
        "oauth_issuer, x, refused",
        "oauth_client_id, x, refused",
        "oauth_client_secret, x, refused",
        "oauth_scope, x, refused",
        // What changes nothing of that.
        "client_encoding, latin1, ignored",
        "fallback_application_name, x, ignored",
        "keepalives_idle, 5, ignored",
        "keepalives_interval, 5, ignored",
        "keepalives_count, 5, ignored",
        "tcp_user_timeout, 5, ignored",
    })
    void knowsEachKeywordOfLibpq(String keyword, String value, String use) {
        LibpqOption option = LibpqOption.of(keyword).orElseThrow();
        String text = "host=a " + keyword + "='" + value + "'";
        switch (use) {
            case "refused" ->
                assertThatThrownBy(() -> of(text))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("connection option \"" + keyword + "\"")
                        .hasMessageContaining("\nHINT: leave ");
            case "ignored" ->
                assertThat(of(text).properties()).isEqualTo(of("host=a").properties());
            case "taken" -> {
                LibpqConnection connection = of(text);
                assertThat(connection.resolved()).containsEntry(option, value);
                option.property()
                        .ifPresent(name -> assertThat(connection.properties()).containsEntry(name, value));
            }
            default -> assertThatThrownBy(() -> of("service=none")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void takesFromTheEnvironmentWhatTheStringDoesNotSay() {
        Map<String, String> environment = Map.of(
                "PGHOST",
                "e",
                "PGPORT",
                "1",
                "PGUSER",
                "eu",
                "PGPASSWORD",
                "ep",
                "PGSSLMODE",
                "require",
                "PGDATABASE",
                "");
        LibpqConnection connection = of("host=a user=u", environment);
        assertThat(hosts(connection)).isEqualTo("a:1");
        assertThat(connection.properties())
                .containsEntry("user", "u")
                .containsEntry("PGDBNAME", "u")
                .containsEntry("password", "ep")
                .containsEntry("sslmode", "require");
        assertThatThrownBy(() -> LibpqConnection.of("host=a", Map.of("PGSSLCERTMODE", "require"), NO_HOME))
                .hasMessageStartingWith("connection option \"sslcertmode\" with value \"require\" is not supported");
    }

    @Test
    void looksUpThePasswordFile(@TempDir Path home) throws IOException {
        Path file = Files.writeString(home.resolve(".pgpass"), """
                # hosts
                other:*:*:*:no
                a:5433:d:u:s:e\\:c\\\\ret
                a:*:*:u:second
                """);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(LibpqConnection.of("host=a port=5433 dbname=d user=u", Map.of(), home)
                        .properties())
                .containsEntry("password", "s:e:c\\ret");
        assertThat(LibpqConnection.of("host=a user=u", Map.of(), home).properties())
                .containsEntry("password", "second");
        assertThat(LibpqConnection.of("host=a user=x", Map.of(), home).properties())
                .doesNotContainKey("password");
        assertThat(LibpqConnection.of("host=a user=u passfile=" + file, Map.of(), NO_HOME)
                        .properties())
                .containsEntry("password", "second");
        assertThat(LibpqConnection.of("host=a user=u", Map.of("PGPASSFILE", file.toString()), NO_HOME)
                        .properties())
                .containsEntry("password", "second");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(LibpqConnection.of("host=a user=u", Map.of(), home).properties())
                .doesNotContainKey("password");
    }

    @Test
    void looksUpServices(@TempDir Path home) throws IOException {
        Path file = Files.writeString(home.resolve(".pg_service.conf"), """
                # comment
                [other]
                host=no
                [prod]
                host=h
                port = 5433

                user=su
                [bad]
                something
                """);
        LibpqConnection connection = LibpqConnection.of("service=prod user=u", Map.of("PGHOST", "e"), home);
        assertThat(hosts(connection)).isEqualTo("h:5433");
        assertThat(connection.properties()).containsEntry("user", "u");
        assertThat(hosts(of("", Map.of("PGSERVICE", "prod", "PGSERVICEFILE", file.toString()))))
                .isEqualTo("h:5433");
        assertThatThrownBy(() -> LibpqConnection.of("service=none", Map.of(), home))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("definition of service \"none\" not found in \"" + file + "\"");
        assertThatThrownBy(() -> LibpqConnection.of("service=bad", Map.of(), home))
                .hasMessage("service file \"" + file + "\": a line that is not keyword=value");
        assertThatThrownBy(() -> LibpqConnection.of("service=prod", Map.of(), NO_HOME))
                .hasMessage("service file \"/nonexistent/.pg_service.conf\" not found");
    }

    @Test
    void takesTheDirectoryThatHasTheSocket(@TempDir Path home) throws IOException {
        Path packages = Files.createDirectory(home.resolve("packages"));
        Path upstream = Files.createDirectory(home.resolve("upstream"));
        Files.createFile(upstream.resolve(".s.PGSQL.5433"));
        SocketDirectories directories = new SocketDirectories(List.of(packages.toString(), upstream.toString()));

        assertThat(directories.directory(5433)).isEqualTo(upstream.toString());
        assertThat(directories.directory(5432)).isEqualTo(packages.toString());
        Files.createFile(packages.resolve(".s.PGSQL.5433"));
        assertThat(directories.directory(5433)).isEqualTo(packages.toString());
        assertThat(new SocketDirectories(List.of("/nonexistent")).directory(5432))
                .isEqualTo("localhost");
    }

    @Test
    void looksUpThePasswordOfEachHost(@TempDir Path home) throws IOException {
        Path file = Files.writeString(home.resolve(".pgpass"), """
                a:*:*:*:of a
                /elsewhere:*:*:*:of elsewhere
                localhost:*:*:*:of here
                """);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        SocketDirectories here = new SocketDirectories(List.of("/here"));
        assertThat(List.of("a", "b", "/elsewhere", "/here", ""))
                .extracting(host -> LibpqConnection.of("user=u host=" + host, Map.of(), home, here)
                        .properties()
                        .getProperty("password"))
                .containsExactly("of a", null, "of elsewhere", "of here", "of here");
    }

    /** A host's name that would go on in a URL with properties of the driver: the class of its sockets, for one. */
    @Test
    void nothingOfAStringBecomesAPropertyOfTheDriverThatIsNotMeant() {
        String host = "a/db?socketFactory=evil&x=";
        String database = "d?socketFactory=evil&user=other";
        LibpqConnection connection = of("user=u host='" + host + "' dbname='" + database + "'");
        assertThat(connection.hosts()).extracting(SourceHost::name).containsExactly(host);
        assertThatThrownBy(() ->
                        connection.connector().connect(new LoginTimes(Duration.ofSeconds(10), Duration.ofSeconds(60))))
                .isInstanceOf(SQLException.class)
                .hasRootCauseInstanceOf(UnknownHostException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"password=secret host", "postgresql://u:secret@a%zz", "password='secret"})
    void doesNotRepeatSecrets(String text) {
        assertThatThrownBy(() -> of(text).connector()).message().doesNotContain("secret");
    }

    @Property
    void readsBackAnyValue(@ForAll("values") String value) {
        String quoted = "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
        assertThat(of("user=" + quoted + " host=a").properties().getProperty("user"))
                .isEqualTo(value);
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.strings().ofMinLength(1).ofMaxLength(20);
    }

    @Property
    void takesAnyTextOrRefusesIt(@ForAll String text) {
        try {
            of(text).properties();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageMatching("(?s)(connection string|connection option|invalid connection).*");
        }
    }
}
