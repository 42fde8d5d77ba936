package org.pgrewind4j.core.archive;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.core.StandbySettings;
import org.pgrewind4j.core.internal.config.ServerConfiguration;

/**
 * A {@code restore_command}: the shell command by which a server gets a WAL file from its archive (PostgreSQL 18: manual,
 * "Archive Recovery"; {@code src/fe_utils/archive.c}). {@link #open} makes a source of WAL of it:
 *
 * <pre>{@code
 * try (RestoredWal archive = RestoreCommand.configured(oldPrimary).orElseThrow().open(oldPrimary)) {
 *     RewindPlan plan = Rewind.of(oldPrimary).from(source).walFrom(archive).plan();
 * }
 * }</pre>
 *
 * <p>Immutable.
 */
public final class RestoreCommand {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);

    /** What a server says before it knows a restart point: nothing in the archive can be done without. */
    private static final String OLDEST = "0".repeat(24);

    /** The shell's own exit statuses begin behind this one: not executable, not found, ended by a signal. */
    private static final int LAST_OF_COMMAND = 125;

    private static final Pattern PLACEHOLDER = Pattern.compile("%.?", Pattern.DOTALL);

    private static final int FIRST_STRICT = 16;

    private static final int LONGEST_OUTPUT = 1000;

    /** What a percent sign means that stands before anything else. */
    private enum Unknown {
        /** Nothing: it is left as it is. */
        KEPT,
        REFUSED
    }

    private final String command;
    private final Duration timeout;
    private final Unknown unknown;

    private RestoreCommand(String command, Duration timeout, Unknown unknown) {
        this.command = command;
        this.timeout = timeout;
        this.unknown = unknown;
    }

    /**
     * Takes a command as it is set.
     *
     * @param command in which {@code %f} stands for the file's name, {@code %p} for where to put it, {@code %r} for the
     *     oldest file that must stay in the archive (here: all of them), and {@code %%} for a percent sign
     * @return the command, which may take ten minutes for one file
     * @throws IllegalArgumentException if a percent sign stands before anything else
     */
    public static RestoreCommand of(String command) {
        requireNonNull(command, "command");
        return of(command, Unknown.REFUSED);
    }

    private static RestoreCommand of(String command, Unknown unknown) {
        RestoreCommand valid = new RestoreCommand(command, DEFAULT_TIMEOUT, unknown);
        valid.text("", "");
        return valid;
    }

    /**
     * Looks up what is set for a server, by {@code postgres -C} if the program of its release is on the path, else in its
     * configuration files. A percent sign before anything that means nothing is left alone where the server leaves it alone,
     * up to 15.
     *
     * @param dataDirectory the stopped server's
     * @return the command, empty if none is set
     * @throws IOException if the files cannot be read
     * @throws IllegalArgumentException as {@link #of} does, from 16 on
     */
    public static Optional<RestoreCommand> configured(Path dataDirectory) throws IOException {
        requireNonNull(dataDirectory, "dataDirectory");
        return configured(dataDirectory, dataDirectory.resolve("postgresql.conf"));
    }

    /**
     * As {@link #configured(Path)}, for a server whose main configuration file lies elsewhere.
     *
     * @param dataDirectory the stopped server's
     * @param configFile its {@code config_file}
     * @return the command, empty if none is set
     * @throws IOException if the files cannot be read
     * @throws IllegalArgumentException as {@link #of} does, from 16 on
     */
    public static Optional<RestoreCommand> configured(Path dataDirectory, Path configFile) throws IOException {
        requireNonNull(dataDirectory, "dataDirectory");
        requireNonNull(configFile, "configFile");
        ServerConfiguration configuration = ServerConfiguration.of(dataDirectory, configFile);
        // src/fe_utils/archive.c, BuildRestoreCommand; from 16 on src/common/percentrepl.c,
        // replace_percent_placeholders.
        Unknown unknown = configuration.major() < FIRST_STRICT ? Unknown.KEPT : Unknown.REFUSED;
        return configuration
                .value(
                        StandbySettings.RESTORE_COMMAND,
                        Optional.ofNullable(System.getenv("PATH")).orElse(""))
                .filter(command -> !command.isEmpty())
                .map(command -> of(command, unknown));
    }

    /**
     * Limits the time for one file.
     *
     * @param timeout the default is ten minutes
     * @return this command with that limit
     * @throws IllegalArgumentException if it is not positive
     */
    public RestoreCommand timeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout: " + timeout + ": expected more than nothing");
        }
        return new RestoreCommand(command, timeout, unknown);
    }

    /**
     * Makes a source of WAL. What the command brings lies in a directory of its own in the data directory until the source
     * is closed.
     *
     * @param dataDirectory the stopped server's; the command runs in it, as the server's does
     * @return the source, which the caller closes
     * @throws IOException if that directory cannot be made
     */
    public RestoredWal open(Path dataDirectory) throws IOException {
        return RestoredWal.open(this, dataDirectory.toAbsolutePath());
    }

    /** The command for one file. */
    private String text(String file, String place) {
        return PLACEHOLDER
                .matcher(command)
                .replaceAll(found -> Matcher.quoteReplacement(
                        switch (found.group()) {
                            case "%f" -> file;
                            case "%p" -> place;
                            case "%r" -> OLDEST;
                            case "%%" -> "%";
                            default -> {
                                if (unknown == Unknown.KEPT) {
                                    yield found.group();
                                }
                                throw new IllegalArgumentException("invalid restore_command: \"" + command
                                        + "\": unexpected placeholder \"" + found.group() + "\"");
                            }
                        }));
    }

    /**
     * Runs the command for one file.
     *
     * @param file the file's name
     * @param place where to put it
     * @param directory where to run
     * @param output takes what the command says
     * @return whether it says that it has brought the file
     * @throws IOException if the command cannot be run, takes too long, or was killed: then the archive may have the file
     */
    boolean run(String file, Path place, Path directory, Path output) throws IOException {
        Process process = new ProcessBuilder("/bin/sh", "-c", text(file, place.toString()))
                .directory(directory.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int status = await(process, file);
        if (status > LAST_OF_COMMAND) {
            throw new IOException("restore_command failed for \"" + file + "\": exit status " + status + said(output));
        }
        return status == 0;
    }

    private int await(Process process, String file) throws IOException {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("restore_command took longer than " + timeout.toSeconds() + " seconds for \""
                        + file + "\" and was ended");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while restore_command ran for \"" + file + "\"", e);
        } finally {
            List.copyOf(process.descendants().toList()).forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String said(Path output) throws IOException {
        String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "" : ": " + text.substring(Math.max(0, text.length() - LONGEST_OUTPUT));
    }

    /** Prints the command as it is set. */
    @Override
    public String toString() {
        return command;
    }
}
