package org.pgrewind4j.examples.pgrewind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.report.DivergenceReport;
import org.pgrewind4j.core.report.Loss;

/**
 * What {@code --report} writes, before anything is changed: what the rewind loses. The file's name says in which form:
 * {@code .json}, {@code .txt}, else one HTML page.
 */
final class LostReport {

    private final Messages messages;

    LostReport(Messages messages) {
        this.messages = messages;
    }

    /** Writes it; without the report there is no rewind, so a failure is one of the whole command. */
    void write(Optional<DivergenceReport> lost, Verdict verdict, Path file) throws IOException {
        if (lost.isPresent()) {
            Files.writeString(file, text(lost.get(), file.getFileName().toString()));
            messages.info("what is lost is reported in \"" + file + "\": " + lost.get());
            if (lost.get().loss() == Loss.UNKNOWN) {
                messages.warning("what is lost cannot be told: see the report");
            }
        } else if (verdict.losesNothing()) {
            messages.info("nothing is lost: no report was written");
        } else {
            messages.warning("what is lost cannot be told: no report was written");
        }
    }

    private static String text(DivergenceReport report, String name) {
        if (name.endsWith(".json")) {
            return report.toJson();
        }
        return name.endsWith(".txt") ? report.toText() : report.toHtml();
    }
}
