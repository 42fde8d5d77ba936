package org.pgrewind4j.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataPathTest {

    private static final Path ROOT = Path.of("/srv/data");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PG_VERSION",
                "base/13010/1259",
                "pg_tblspc/16400/PG_17_202406281/5/16401_fsm",
                "...",
                "a/.hidden",
                "name with blanks",
                "back\\slash",
                "ümläut",
                "\uD83D\uDC18"
            })
    void takesNamesBetweenSlashes(String text) {
        assertThat(DataPath.of(text)).hasToString(text).isEqualTo(DataPath.ofUntrusted(text));
        assertThat(DataPath.of(text).in(ROOT)).hasToString("/srv/data/" + text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''         | unsafe path \"\": empty name",
                "/          | unsafe path \"/\": absolute",
                "/etc/x     | unsafe path \"/etc/x\": absolute",
                "a//b       | unsafe path \"a//b\": empty name",
                "a/         | unsafe path \"a/\": empty name",
                ".          | unsafe path \".\": \".\" as a name",
                "a/./b      | unsafe path \"a/./b\": \".\" as a name",
                "..         | unsafe path \"..\": \"..\" as a name",
                "../a       | unsafe path \"../a\": \"..\" as a name",
                "a/..       | unsafe path \"a/..\": \"..\" as a name",
                "a/../../b  | unsafe path \"a/../../b\": \"..\" as a name",
            })
    void refusesWhatCouldLeaveTheDirectory(String text, String message) {
        assertThatThrownBy(() -> DataPath.ofUntrusted(text))
                .isInstanceOf(UnsafePathException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> DataPath.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message.replace("unsafe path", "not a path in a data directory:"));
    }

    @Test
    void refusesControlCharactersAndShowsThem() {
        assertThatThrownBy(() -> DataPath.ofUntrusted("a/b\0c"))
                .hasMessage(
                        "unsafe path \"a/b\\u0000c\": control character 0x00 in a name\nHINT: rename or remove that file.");
        assertThatThrownBy(() -> DataPath.ofUntrusted("\u001B[2J"))
                .isInstanceOfSatisfying(
                        UnsafePathException.class, e -> assertThat(e.path()).isEqualTo("\\u001B[2J"));
        assertThatThrownBy(() -> DataPath.ofUntrusted("a\u007F"))
                .hasMessage(
                        "unsafe path \"a\\u007F\": control character 0x7f in a name\nHINT: rename or remove that file.");
    }

    @Test
    void refusesHalvesOfCharacters() {
        assertThatThrownBy(() -> DataPath.ofUntrusted("a\uD83D"))
                .hasMessage("unsafe path \"a\\uD83D\": unpaired surrogate in a name");
        assertThatThrownBy(() -> DataPath.ofUntrusted("\uDC18a"))
                .hasMessage("unsafe path \"\\uDC18a\": unpaired surrogate in a name");
    }

    @Test
    void countsLengthsInBytes() {
        String longest = "ü".repeat(127) + "x";
        assertThat(DataPath.of(longest).fileName()).isEqualTo(longest);
        assertThatThrownBy(() -> DataPath.ofUntrusted(longest + "x"))
                .hasMessage("unsafe path \"" + (longest + "x")
                        + "\": a name longer than 255 bytes\nHINT: rename or remove that file.");

        String path = "a/".repeat(2047) + "a";
        assertThat(DataPath.of(path)).hasToString(path);
        assertThatThrownBy(() -> DataPath.ofUntrusted(path + "a"))
                .hasMessage("unsafe path \"" + "a/".repeat(100) + "...\": longer than 4095 bytes");
        assertThatThrownBy(() -> DataPath.ofUntrusted("x".repeat(10_000_000)))
                .hasMessage("unsafe path \"" + "x".repeat(200) + "...\": longer than 4095 bytes");
    }

    @Test
    void knowsItsParts() {
        DataPath path = DataPath.of("base/13010/1259");
        assertThat(path.fileName()).isEqualTo("1259");
        assertThat(path.parent()).contains(DataPath.of("base/13010"));
        assertThat(DataPath.of("base").parent()).isEmpty();
        assertThat(DataPath.of("base").fileName()).isEqualTo("base");
        assertThat(DataPath.of("base").resolve("13010/1259")).isEqualTo(path);
        assertThatThrownBy(() -> path.resolve("../1260"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"..\" as a name");
    }

    @Test
    void comparesWholeNames() {
        DataPath path = DataPath.of("base/13010/1259");
        assertThat(path.startsWith(DataPath.of("base/13010"))).isTrue();
        assertThat(path.startsWith(path)).isTrue();
        assertThat(path.startsWith(DataPath.of("base/1"))).isFalse();
        assertThat(DataPath.of("base/1").startsWith(path)).isFalse();
    }

    @Test
    void knowsWhereLinksAreFollowed() {
        assertThat(DataPath.of("pg_tblspc/16400").isTablespace()).isTrue();
        assertThat(DataPath.of("pg_tblspc/16400/PG_17_202406281").isTablespace())
                .isFalse();
        assertThat(DataPath.of("pg_tblspc").isTablespace()).isFalse();
        assertThat(DataPath.of("base/pg_tblspc/1").isTablespace()).isFalse();
        assertThat(DataPath.of("pg_wal").isWalDirectory()).isTrue();
        assertThat(DataPath.of("pg_xlog").isWalDirectory()).isTrue();
        assertThat(DataPath.of("base/pg_wal").isWalDirectory()).isFalse();
    }

    @Property
    void neverLeavesTheDirectory(@ForAll("paths") String text) {
        DataPath path;
        try {
            path = DataPath.ofUntrusted(text);
        } catch (UnsafePathException e) {
            Assume.that(false);
            return;
        }
        Path place = path.in(ROOT);
        assertThat(place.normalize()).isEqualTo(place).isNotEqualTo(ROOT);
        assertThat(place.startsWith(ROOT)).isTrue();
        assertThat(ROOT.relativize(place)).hasToString(text);
        assertThat(path.parent().map(parent -> parent.resolve(path.fileName())).orElse(path))
                .isEqualTo(path);
    }

    @Provide
    Arbitrary<String> paths() {
        Arbitrary<String> name = Arbitraries.oneOf(
                Arbitraries.of("", ".", "..", "base", "pg_wal", "\0", "~", "C:", "\\"),
                Arbitraries.strings().ofMaxLength(5));
        return name.list().ofMinSize(1).ofMaxSize(6).map(names -> String.join("/", names));
    }

    @Property
    void ordersADirectoryBeforeWhatIsInIt(@ForAll("paths") String text) {
        DataPath path;
        try {
            path = DataPath.ofUntrusted(text);
        } catch (UnsafePathException e) {
            Assume.that(false);
            return;
        }
        assertThat(path).isLessThan(DataPath.ofUntrusted(text + "/x"));
        assertThat(path.compareTo(DataPath.ofUntrusted(text))).isZero();
    }
}
