package org.pgrewind4j.examples.pgrewind;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A command line that scripts can run in the place of {@code pg_rewind}: the same options, environment, messages and exit
 * statuses (PostgreSQL 18: {@code src/bin/pg_rewind/pg_rewind.c}).
 */
public final class PgRewind {

    static final String NAME = "pg_rewind";

    private static final String VERSION = "pg_rewind (PostgreSQL) 18 (pgrewind4j)";

    private static final String TRY_HELP = "Try \"pg_rewind --help\" for more information.";

    static final int FAILED = 1;

    private final PrintStream out;
    private final Messages messages;

    private PgRewind(PrintStream out, PrintStream err) {
        this.out = out;
        this.messages = new Messages(err);
    }

    /**
     * Runs the command and ends the JVM.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        int status = new PgRewind(System.out, System.err).run(args);
        System.out.flush();
        // No thread of a driver or a pool may keep a finished command alive.
        Runtime.getRuntime().exit(status);
    }

    private int run(String... arguments) {
        if (arguments.length > 0 && (arguments[0].equals("--help") || arguments[0].equals("-?"))) {
            out.print(help());
            return 0;
        }
        if (arguments.length > 0 && (arguments[0].equals("--version") || arguments[0].equals("-V"))) {
            out.println(VERSION);
            return 0;
        }
        try {
            Options options = Options.parse(arguments);
            if (isRoot()) {
                messages.error("cannot be executed by \"root\"");
                messages.hint("You must run pg_rewind as the PostgreSQL superuser.");
                return FAILED;
            }
            return new RewindJob(options, messages, out).run() ? 0 : FAILED;
        } catch (UsageException e) {
            messages.info(String.valueOf(e.getMessage()));
            messages.hint(TRY_HELP);
            return FAILED;
        }
    }

    private static String help() {
        try (InputStream text = PgRewind.class.getResourceAsStream("help.txt")) {
            return text == null ? "" : new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | RuntimeException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }
}
