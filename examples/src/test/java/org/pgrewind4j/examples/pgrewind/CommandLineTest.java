package org.pgrewind4j.examples.pgrewind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

    private static CommandLine parse(String... arguments) throws UsageException {
        Map<String, Boolean> names =
                new TreeMap<>(Map.of("file", true, "force", false, "form", true, "own", false, "verbose", false));
        return CommandLine.parse(names, Set.of("own"), Map.of('f', "file", 'v', "verbose"), List.of(arguments));
    }

    @ParameterizedTest
    @CsvSource({
        "-f x, x",
        "-fx, x",
        "-vfx, x",
        "-vf x, x",
        "-f -v, -v",
        "-f a -f b, b",
        "--file=x, x",
        "--file x, x",
        "--fi=x=y, x=y",
        "--file=, ''",
        "--file --, --",
    })
    void readsAValue(String line, String value) throws UsageException {
        assertThat(parse(line.split(" ", -1)).value("file")).contains(value);
    }

    @Test
    void operandsStandAnywhere() throws UsageException {
        CommandLine line = parse("a", "-v", "-", "--", "-f", "--nothing");

        assertThat(line.has("verbose")).isTrue();
        assertThat(line.has("file")).isFalse();
        assertThat(line.operands()).containsExactly("a", "-", "-f", "--nothing");
    }

    @Test
    void ownNamesAreWrittenInFull() throws UsageException {
        assertThat(parse("--own").has("own")).isTrue();
        assertThatThrownBy(() -> parse("--ow")).hasMessage("unrecognized option '--ow'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-x | invalid option -- 'x'",
                "-vx | invalid option -- 'x'",
                "-f | option requires an argument -- 'f'",
                "--file | option '--file' requires an argument",
                "--fi | option '--file' requires an argument",
                "--force=1 | option '--force' doesn't allow an argument",
                "--nothing=1 | unrecognized option '--nothing=1'",
                "--fo=1 | option '--fo=1' is ambiguous; possibilities: '--force' '--form'",
            })
    void complainsAsGetopt(String line, String complaint) {
        assertThatThrownBy(() -> parse(line)).isInstanceOf(UsageException.class).hasMessage(complaint);
    }
}
