package org.pgrewind4j.examples;

import java.io.PrintStream;
import java.util.Locale;

/** Prints a demonstration step by step, and counts what does not hold. */
final class Story {

    private final PrintStream out;
    private int steps;
    private int failures;

    Story(PrintStream out) {
        this.out = out;
    }

    void title(String format, Object... arguments) {
        print("", format, arguments);
    }

    void step(String format, Object... arguments) {
        steps++;
        print(String.format(Locale.ROOT, "%d. ", steps), format, arguments);
    }

    void line(String format, Object... arguments) {
        print("   ", format, arguments);
    }

    void check(boolean holds, String format, Object... arguments) {
        failures += holds ? 0 : 1;
        print(holds ? "   ok      " : "   FAILED  ", format, arguments);
    }

    boolean allHolds() {
        return failures == 0;
    }

    private void print(String begin, String format, Object... arguments) {
        out.println(begin + String.format(Locale.ROOT, format, arguments));
        out.flush();
    }
}
