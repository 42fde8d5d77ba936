package org.pgrewind4j.examples.pgrewind;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.ExpectedPhase;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.Verdict;

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
        text.phaseStarted(Phase.SCAN);
        text.progressed(new Progress(Phase.SCAN, 1 << 20, 4 << 20, 0, 0, Duration.ofSeconds(2)));
        text.finished();
        text.phaseStarted(Phase.STAGE);
        text.finished();

        assertThat(shown().replaceAll(" +(?=[\r\n])", ""))
                .isEqualTo("  0% [                              ] reading WAL\r"
                        + "  5% [#                             ] reading WAL, 0.5 MB/s, 0:06 left\r"
                        + "\r\r"
                        + " 20% [######                        ] copying\r"
                        + "100% [##############################] done\n");
        assertThat(shown().split("[\r\n]+")).allSatisfy(line -> assertThat(line).hasSize(79));
    }

    @Test
    void barCoversAllPhasesByTheirBytes() {
        ProgressBar bar = new ProgressBar();
        bar.expect(new PlanOf(
                new ExpectedPhase(Phase.STAGE, 6 << 20),
                new ExpectedPhase(Phase.SEAL, 0),
                new ExpectedPhase(Phase.APPLY, 2 << 20)));

        assertThat(bar.line(new Progress(Phase.STAGE, 2 << 20, 6 << 20, 0, 0, Duration.ofSeconds(1)))
                        .stripTrailing())
                .isEqualTo(" 40% [############                  ] copying, 2.0 MB/s, 0:03 left");
        assertThat(bar.percent(new Progress(Phase.SEAL, 0, 0, 0, 0))).isEqualTo(80);
        assertThat(bar.percent(new Progress(Phase.APPLY, 1 << 20, 2 << 20, 0, 0)))
                .isEqualTo(90);
        assertThat(bar.percent(new Progress(Phase.APPLY, 2 << 20, 2 << 20, 0, 0)))
                .isEqualTo(100);
    }

    /** A plan of which only the phases matter. */
    private static final class PlanOf implements RewindPlan {
        private final List<ExpectedPhase> phases;

        PlanOf(ExpectedPhase... phases) {
            this.phases = List.of(phases);
        }

        @Override
        public Verdict verdict() {
            return Verdict.REWIND;
        }

        @Override
        public List<ExpectedPhase> phases() {
            return phases;
        }

        @Override
        public RewindReport execute() {
            throw new UnsupportedOperationException();
        }
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
