package org.pgrewind4j.core.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Maps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.internal.config.ConfigurationText.Setting;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;

@Tag("server")
class ConfigurationTextTest {

    private static final long SEED = 41;
    private static final int LINES = 400;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "restore_command = 'cp a b'      | restore_command | cp a b",
                "restore_command='cp a b'        | restore_command | cp a b",
                "  Restore_Command 'x' # comment | restore_command | x",
                "x = 'it''s'                     | x               | it's",
                "x = 'it\\'s \\\\ \\101\\t1'     | x               | \"it's \\ A\t1\"",
                "x = on                          | x               | on",
                "x 10MB#y                        | x               | 10MB",
                "my.own = a/b:c-d_e              | my.own          | a/b:c-d_e",
                "include 'other.conf'            | include         | other.conf",
                "x = '#'                         | x               | #",
            })
    void readsASetting(String line, String name, String value) {
        assertThat(ConfigurationText.parse(line)).contains(new Setting(name, value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "  ", "# x = 1", "x", "x =", "= 1", "x = 'open", "x = 'a' b", "1x = 2", "x = 'a\\'", "x = !"
            })
    void passesOverWhatSetsNothing(String line) {
        assertThat(ConfigurationText.parse(line)).isEmpty();
    }

    @Test
    void replacesWhatIsSupersededAndKeepsTheRest() {
        byte[] file = """
                # mine
                work_mem = 4MB
                PRIMARY_conninfo = 'host=old'

                primary_conninfo 'host=older'\r
                primary_conninfos = 1
                last = 'no end of line'""".getBytes(StandardCharsets.UTF_8);

        byte[] set = ConfigurationText.set(file, Map.of("primary_conninfo", "host=new"));

        assertThat(new String(set, StandardCharsets.UTF_8)).isEqualTo("""
                        # mine
                        work_mem = 4MB

                        primary_conninfos = 1
                        last = 'no end of line'
                        primary_conninfo = 'host=new'
                        """);
    }

    @Test
    void keepsBytesOfAnyEncoding() {
        byte[] file = {'#', ' ', (byte) 0xE4, (byte) 0xFF, '\n'};

        assertThat(ConfigurationText.set(file, Map.of())).isEqualTo(file);
    }

    @Property
    void readsWhatItWrites(@ForAll("values") String value, @ForAll("files") String file) {
        byte[] set = ConfigurationText.set(file.getBytes(StandardCharsets.UTF_8), Map.of("x", value));

        assertThat(settings(set)).contains(Map.entry("x", value));
        assertThat(ConfigurationText.set(set, Map.of("x", value))).isEqualTo(set);
    }

    private static Map<String, String> settings(byte[] file) {
        Map<String, String> settings = new LinkedHashMap<>();
        ConfigurationText.lines(file).stream()
                .map(ConfigurationText::parse)
                .flatMap(Optional::stream)
                .forEach(setting -> settings.put(setting.name(), setting.value()));
        return settings;
    }

    @Provide
    static Arbitrary<String> values() {
        return Arbitraries.oneOf(
                Arbitraries.strings()
                        .withChars("ab '\"\\\n\r\t#=%07$&;|\u00e9\u20ac")
                        .ofMaxLength(20),
                Arbitraries.strings().withCharRange('\1', '\ud7ff').ofMaxLength(20));
    }

    @Provide
    static Arbitrary<String> files() {
        return Arbitraries.strings().withChars("xX=' \\\n#y1").ofMaxLength(40);
    }

    /** A server is given values as they are written here, and lines of every other form that is read here. */
    @Test
    void readsAndWritesAsAServerDoes() throws IOException {
        Map<String, String> written = new LinkedHashMap<>();
        StringBuilder lines = new StringBuilder();
        Random random = new Random(SEED);
        for (int i = 0; i < LINES; i++) {
            written.put("w.v" + i, random(random, "ab '\"\\\n\r\t#=%07\u00e9\u20ac"));
            String line = "r.v" + i + random(random, "= ") + " '" + random(random, "ab '\\nt1#") + "'";
            lines.append(ConfigurationText.parse(line).isPresent() ? line + "\n" : "");
        }
        byte[] file = ConfigurationText.set(lines.toString().getBytes(StandardCharsets.UTF_8), written);
        assertThat(settings(file)).hasSizeGreaterThan(LINES + LINES / 10).containsAllEntriesOf(written);

        try (PostgresServer server =
                PostgresServer.builder(ServerRelease.newest()).build()) {
            server.initialize();
            Path own = server.dataDirectory().resolve("postgresql.auto.conf");
            Files.write(own, file, StandardOpenOption.TRUNCATE_EXISTING);
            server.start();

            Map<String, String> found = byName(server.query("SELECT name, value"
                    + " FROM (VALUES ('r'), ('w')) AS prefix (p), generate_series(0, " + (LINES - 1) + ") AS i,"
                    + " LATERAL (SELECT p || '.v' || i AS name, current_setting(p || '.v' || i, true) AS value) AS s"
                    + " WHERE value IS NOT NULL"));
            assertThat(Maps.difference(found, settings(file))).hasToString("equal");
        }
    }

    private static Map<String, String> byName(List<List<String>> rows) {
        return rows.stream().collect(Collectors.toMap(row -> row.get(0), row -> row.get(1)));
    }

    private static String random(Random random, String characters) {
        return random.ints(random.nextInt(8), 0, characters.length())
                .mapToObj(i -> characters.substring(i, i + 1))
                .collect(Collectors.joining());
    }
}
