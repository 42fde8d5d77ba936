package org.pgrewind4j.transport.pgbackrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IniReaderTest {

    private static List<String> read(byte[] file) throws IOException {
        List<String> read = new ArrayList<>();
        IniReader.read(new ByteArrayInputStream(file), (section, key, value) -> {
            if (!section.equals("backrest")) {
                read.add(section + " " + key + " " + value.content());
            }
        });
        return read;
    }

    @Test
    void readsSectionsKeysAndValues() throws IOException {
        byte[] file = new IniText()
                .put("one", "a", "1")
                .put("one", "b=c", "\"x=y\"")
                .put("two:default", "a", "{\"n\":null,\"t\":true}")
                .bytes();
        assertThat(read(file)).hasSize(3).startsWith("one a 1", "one b=c x=y");
    }

    @Test
    void checksTheChecksumOverEscapedKeys() throws IOException {
        byte[] file = new IniText().put("one", "a\"\\\t", "1").bytes();
        assertThat(read(file)).containsExactly("one a\"\\\t 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[a]|x=1|line 2: expected backrest-format first, found \"x\"",
                "x=1|[a]|line 1: expected a section, found \"x=1\"",
                "[backrest|x=1|line 1: expected a section in brackets, found \"[backrest\"",
                "[backrest]|backrest-format=4|line 2: expected backrest-format 5, found 4",
                "[backrest]|backrest-format=\"5\"|line 2: expected a number, found 5",
                "[backrest]|backrest-format|line 2: expected a key and its value in JSON, found \"backrest-format\"",
                "[backrest]|a=b=c|line 2: expected a key and its value in JSON, found \"a=b=c\"",
                "[backrest]|=5|line 2: expected a key before \"=\"",
                "[backrest]|backrest-format=5|expected backrest-checksum at the end, found the end of the file",
            })
    void refusesWhatIsNotOfThatForm(String first, String second, String message) {
        byte[] file = (first + "\n" + second + "\n").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> read(file)).isInstanceOf(IniException.class).hasMessage(message);
    }

    /** One byte anywhere: an error, or nothing that counts was changed. */
    @Property(tries = 500)
    void noDamagedByteIsTakenForRight(@ForAll int place, @ForAll byte other) throws IOException {
        byte[] file = IniText.smallManifest().bytes();
        List<String> whole = read(file);
        file[Math.floorMod(place, file.length)] = other;
        try {
            assertThat(read(file)).isEqualTo(whole);
        } catch (IniException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Test
    void holdsOneLineAtATime() {
        byte[] endless = new byte[(16 << 20) + 100_000];
        assertThatThrownBy(() -> read(endless))
                .isInstanceOf(IniException.class)
                .hasMessage("line 1: a line longer than 16777216 bytes");
    }
}
