package org.pgrewind4j.examples.pgbackrest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineReaderTest {

    @ParameterizedTest
    @CsvSource({
        "help, true",
        "help restore, true",
        "--stanza main help, true",
        "restore --help, true",
        "--delta -h, true",
        "--nothing -?, true",
        "--stanza help, false",
        "--stan help, false",
        "--stanza=main --pg1-path -h, false",
        "--type=name --target -? restore, false",
        "restore help, false",
    })
    void anOptionsValueAsksForNoHelp(String words, boolean isAsked) {
        assertThat(CommandLineReader.asksForHelp(Splitter.on(' ').splitToList(words)))
                .isEqualTo(isAsked);
    }

    @Test
    void aStanzaCanBeCalledHelp() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);

        int status =
                PgBackRestRestore.run(List.of("--no-config", "--stanza", "help", "restore"), Map.of(), stream, stream);

        assertThat(status).isEqualTo(37);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("restore command requires option: pg1-path");
    }
}
