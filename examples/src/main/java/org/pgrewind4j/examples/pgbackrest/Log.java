package org.pgrewind4j.examples.pgbackrest;

import java.io.PrintStream;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Lines as pgBackRest writes them (pgBackRest 2.45: {@code src/common/log.c}): warnings and errors on standard error,
 * unless the options have them on standard output, where the rest goes.
 */
final class Log {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

    private final PrintStream out;
    private final PrintStream err;
    private Level console = Level.WARN;
    private Level standardError = Level.WARN;
    private boolean hasTime = true;

    Log(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** How much is told. */
    enum Level {
        OFF,
        ERROR,
        WARN,
        INFO,
        DETAIL,
        DEBUG,
        TRACE;

        static Level of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    void configure(RestoreOptions options) throws OptionException {
        console = options.value("log-level-console").map(Level::of).orElse(console);
        standardError = options.value("log-level-stderr").map(Level::of).orElse(standardError);
        hasTime = !options.isNegated("log-timestamp");
    }

    void error(ExitStatus status, String message) {
        print(Level.ERROR, String.format(Locale.ROOT, "[%03d]: %s", status.code(), message));
    }

    void warn(String message) {
        print(Level.WARN, message);
    }

    void info(String message) {
        print(Level.INFO, message);
    }

    private void print(Level level, String message) {
        if (level.compareTo(standardError) <= 0) {
            err.println(line(level, message));
        } else if (level.compareTo(console) <= 0) {
            out.println(line(level, message));
        }
    }

    private String line(Level level, String message) {
        String begin = String.format(Locale.ROOT, "P00 %6s: ", level);
        // What continues on another line stands below its beginning.
        String text = begin + message.replace("\n", "\n" + " ".repeat(begin.length()));
        return hasTime ? LocalDateTime.now(ZoneId.systemDefault()).format(TIME) + " " + text : text;
    }
}
