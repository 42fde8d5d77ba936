package org.pgrewind4j.examples.pgrewind;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;

class ProgressTextTest {

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private ProgressText text(ProgressText.Display display) {
        return new ProgressText(new Messages(new PrintStream(err, true, StandardCharsets.UTF_8)), display);
    }

    private static Progress staged(long kilobytes) {
        return new Progress(Phase.STAGE, kilobytes * 1024, 2000 * 1024, 0, 0);
    }

    private String shown() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void writesLines() {
        ProgressText text = text(ProgressText.Display.LINES);
        text.progressed(staged(500));
        // Within the same second only the end is news.
        text.progressed(staged(600));
        text.progressed(staged(2000));
        text.progressed(staged(2000));

        assertThat(shown()).isEqualTo(" 500/2000 kB (25%) copied\n2000/2000 kB (100%) copied\n");
    }

    @Test
    void drawsABarOnATerminal() {
        ProgressText text = text(ProgressText.Display.TERMINAL);
        text.progressed(staged(1000));
        text.progressed(staged(2000));

        assertThat(shown())
                .isEqualTo("1000/2000 kB (50%) copied [###############               ]\r"
                        + "2000/2000 kB (100%) copied [##############################]\n");
    }

    @Test
    void saysWhatBegins() {
        ProgressText text = text(ProgressText.Display.LINES);
        for (Phase phase : Phase.values()) {
            text.phaseStarted(phase);
        }

        assertThat(shown().lines())
                .containsExactly(
                        "pg_rewind: reading WAL in target",
                        "pg_rewind: reading source file list",
                        "pg_rewind: reading target file list",
                        "pg_rewind: creating backup label and updating control file",
                        "pg_rewind: syncing target data directory",
                        "pg_rewind: verifying target data directory");
    }

    @Test
    void isSilentUnlessAskedFor() {
        ProgressText text = text(ProgressText.Display.NOWHERE);
        text.phaseStarted(Phase.SCAN);
        text.progressed(staged(2000));

        assertThat(shown()).isEmpty();
    }
}
