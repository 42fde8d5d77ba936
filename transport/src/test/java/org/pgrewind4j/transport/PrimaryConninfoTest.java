package org.pgrewind4j.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.transport.PrimaryConninfo.Secrets;

class PrimaryConninfoTest {

    @TempDir
    static Path home;

    private static String of(String text, Map<String, String> environment, Secrets secrets) {
        return PrimaryConninfo.of(LibpqConnection.of(text, environment, home), secrets);
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
                .isEqualTo("host=localhost user=" + LibpqString.quote(System.getProperty("user.name")));
        assertThat(of("hostaddr=::1 user=a", Map.of(), Secrets.KEEP)).isEqualTo("hostaddr=::1 user=a");
    }

    @Property
    void quotesAnyValue(@ForAll String name) {
        String pairs = "user=a application_name=" + LibpqString.quote(name);

        assertThat(LibpqString.parse(pairs).getOrDefault(LibpqOption.APPLICATION_NAME, ""))
                .isEqualTo(name);
    }
}
