package org.pgrewind4j.examples.pgbackrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.core.restore.RecoveryGoal;

class RecoveryOptionsTest {

    private static RecoveryGoal goal(String... arguments) throws OptionException, IOException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--no-config");
        return new RecoveryOptions(RestoreOptions.read(all, Map.of(), new Log(nowhere, nowhere))).goal(true);
    }

    @Test
    void archiveModeCountsBeforeTheSameAmongOtherSettings() throws Exception {
        assertThat(goal("--recovery-option=archive_mode=on", "--archive-mode=off")
                        .options())
                .containsEntry("archive_mode", "off");
        assertThat(goal("--recovery-option=archive_mode=on", "--archive-mode=preserve")
                        .options())
                .containsEntry("archive_mode", "on");
    }

    @Test
    void restoreCommandCanBeAnother() throws Exception {
        assertThat(goal().options()).containsEntry("restore_command", "pgbackrest --no-config archive-get %f \"%p\"");
        assertThat(goal("--recovery-option=restore-command=cp /archive/%f \\\"%p\\\"")
                        .options())
                .containsEntry("restore_command", "cp /archive/%f \"%p\"");
    }

    /** As a server reads what pgBackRest writes between quotes. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "user=''us er'', user='us er'",
                "user=\\'us er\\', user='us er'",
                "a'b, a'b",
                "\\\\server\\dir, \\serverdir",
                "\\101\\60\\1011, A0A1",
                "\\8\\x, 8x",
                "h\\303\\266her, h\u00f6her",
                "h\u00f6her, h\u00f6her",
                "a\\tb\\fc\\bd, `a\tb\fc\bd`",
                "end\\, end\\",
            })
    void readsWhatStandsBetweenQuotesAsTheServer(String written, String meant) throws Exception {
        assertThat(goal("--recovery-option=primary_conninfo=" + written).options())
                .containsEntry("primary_conninfo", meant);
    }

    @Test
    void refusesBytesThatAreNoCharacters() {
        assertThatThrownBy(() -> goal("--recovery-option=primary_conninfo=\\351"))
                .isInstanceOf(OptionException.class)
                .hasMessage("'\\351' is not UTF-8 for 'recovery-option' option");
    }
}
