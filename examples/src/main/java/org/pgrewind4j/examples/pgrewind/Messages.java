package org.pgrewind4j.examples.pgrewind;

import java.io.PrintStream;
import java.util.List;
import org.pgrewind4j.timeline.VisibleText;

/** Lines on standard error as PostgreSQL's programs write them (PostgreSQL: {@code src/common/logging.c}). */
final class Messages {

    private static final String HINT = "\nHINT: ";

    private final PrintStream err;

    Messages(PrintStream err) {
        this.err = err;
    }

    void info(String text) {
        print("", text);
    }

    void debug(String text) {
        print("debug: ", text);
    }

    void warning(String text) {
        print("warning: ", text);
    }

    /** Takes a message of the library's, whose last lines can be hints. */
    void error(String text) {
        List<String> parts = List.of(text.split(HINT, -1));
        print("error: ", parts.get(0));
        parts.subList(1, parts.size()).forEach(this::hint);
    }

    void detail(String text) {
        print("detail: ", text);
    }

    void hint(String text) {
        print("hint: ", text);
    }

    private void print(String level, String text) {
        raw(PgRewind.NAME + ": " + level + VisibleText.ofLines(text) + "\n");
    }

    /** Writes text that is no message. */
    synchronized void raw(String text) {
        err.print(text);
        err.flush();
    }
}
