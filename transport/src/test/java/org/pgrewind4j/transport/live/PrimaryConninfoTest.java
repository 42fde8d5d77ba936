package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.transport.connect.LibpqConnection;
import org.pgrewind4j.transport.connect.SocketDirectories;
import org.pgrewind4j.transport.libpq.LibpqOption;
import org.pgrewind4j.transport.libpq.LibpqString;
import org.pgrewind4j.transport.live.PrimaryConninfo.Secrets;

class PrimaryConninfoTest {

    private static final SocketDirectories SOCKETS = new SocketDirectories(List.of("/"));

    @TempDir
    static Path home;

    private static String of(String text, Map<String, String> environment, Secrets secrets) {
        return PrimaryConninfo.of(LibpqConnection.of(text, environment, home, SOCKETS), secrets);
    }

    @Test
    void resolvesWhereTheConnectionLeads() throws IOException {
        Files.writeString(home.resolve(".pg_service.conf"), "[main]\nhost=db2\nsslmode=require\n");

        assertThat(of(
                        "service=main user='o brien' dbname=postgres fallback_application_name=x",
                        Map.of("PGPORT", "5433", "PGPASSWORD", "it's"),
                        Secrets.KEEP))
                .isEqualTo("host=db2 port=5433 dbname=postgres user='o brien' password='it\\'s' sslmode=require");
    }

    @Test
    void leavesSecretsOut() {
        assertThat(of("postgresql://me:secret@a/?sslpassword=x&sslkey=/k", Map.of(), Secrets.DROP))
                .isEqualTo("host=a user=me sslkey=/k");
    }

    @Test
    void namesWhoAsksAndFromWhere() {
        assertThat(of("", Map.of(), Secrets.KEEP))
                .isEqualTo("host=/ user=" + LibpqString.quote(System.getProperty("user.name")));
        assertThat(of("hostaddr=::1 user=a", Map.of(), Secrets.KEEP)).isEqualTo("hostaddr=::1 user=a");
        assertThat(of("host=b,/run/pg, port=1,2,3 user=a requirepeer=pg", Map.of(), Secrets.KEEP))
                .isEqualTo("host=b,/run/pg,/ port=1,2,3 user=a requirepeer=pg");
    }

    /** The driver's URL for a socket, and what junixsocket's factory is told: the host of the latter is not used. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://%2Frun%2Fpg:5433/app?user=a",
                "jdbc:postgresql:app?user=a&host=/run/pg&port=5433",
                "jdbc:postgresql://localhost/app?user=a"
                        + "&socketFactory=org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg"
                        + "&socketFactoryArg=/run/pg/.s.PGSQL.5433"
            })
    void keepsTheDirectoryOfASocket(String url) {
        assertThat(PrimaryConninfo.ofJdbcUrl(url, new Properties(), Secrets.KEEP))
                .isEqualTo("host=/run/pg port=5433 dbname=app user=a");
    }

    @Test
    void saysWhatTheDriverWasToldInTheWordsOfLibpq() {
        Properties properties = new Properties();
        properties.setProperty("user", "o brien");
        properties.setProperty("password", "secret");
        properties.setProperty("loginTimeout", "3");
        String url = "jdbc:postgresql://db1:5433,[::1]/app?sslmode=verify-ca&sslrootcert=/ca&prepareThreshold=0";

        assertThat(PrimaryConninfo.ofJdbcUrl(url, properties, Secrets.KEEP))
                .isEqualTo("host=db1,::1 port=5433,5432 dbname=app user='o brien' password=secret sslmode=verify-ca"
                        + " sslrootcert=/ca");
        assertThat(PrimaryConninfo.ofJdbcUrl(url, properties, Secrets.DROP)).doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({"ssl, sslmode=verify-full", "ssl=true, sslmode=verify-full", "ssl=true&sslmode=require, sslmode=require"
    })
    void isNotLessStrictThanTheDriver(String parameters, String mode) {
        assertThat(PrimaryConninfo.ofJdbcUrl("jdbc:postgresql://db1/app?" + parameters, new Properties(), Secrets.DROP))
                .isEqualTo("host=db1 port=5432 dbname=app user="
                        + LibpqString.quote(System.getProperty("user.name", "")) + " " + mode);
    }

    @Test
    void refusesOtherDriversUrls() {
        assertThatThrownBy(() -> PrimaryConninfo.ofJdbcUrl("jdbc:other:x", new Properties(), Secrets.DROP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a URL of the PostgreSQL driver");
    }

    @Property
    void quotesAnyValue(@ForAll String name) {
        String pairs = "user=a application_name=" + LibpqString.quote(name);

        assertThat(LibpqString.parse(pairs).getOrDefault(LibpqOption.APPLICATION_NAME, ""))
                .isEqualTo(name);
    }
}
