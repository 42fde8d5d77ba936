package org.pgrewind4j.core.internal.config;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The server program, where the path has it. It knows best what its configuration means. */
final class PostgresProgram {

    private static final System.Logger LOG = System.getLogger(PostgresProgram.class.getName());

    private static final int LONGEST_WAIT_SECONDS = 30;

    private PostgresProgram() {}

    /**
     * Asks {@code postgres -C}.
     *
     * @param path the folders to look into, separated by colons
     * @return the value; empty if there is no such program of that release, or it does not answer: it refuses to run
     *     for root
     */
    static Optional<String> ask(String path, String name, String release, Path dataDirectory, Path configFile)
            throws IOException {
        for (String folder : path.split(":", -1)) {
            Path program = Path.of(folder).resolve("postgres");
            if (!folder.isEmpty()
                    && Files.isExecutable(program)
                    && isOfRelease(run(List.of(program.toString(), "--version")), release)) {
                List<String> command = new ArrayList<>(List.of(program.toString(), "-D", dataDirectory.toString()));
                command.addAll(List.of("-c", "config_file=" + configFile, "-C", name));
                return run(command);
            }
        }
        return Optional.empty();
    }

    /** {@code postgres (PostgreSQL) 15.4 (Debian 15.4-1)}, or {@code 18beta1}. */
    private static boolean isOfRelease(Optional<String> version, String release) {
        return version.filter(text -> text.matches("postgres \\(PostgreSQL\\) " + release + "([^0-9].*)?"))
                .isPresent();
    }

    /** What a program prints, without the end of its last line; empty if it fails. */
    private static Optional<String> run(List<String> command) throws IOException {
        Path output = Files.createTempFile("pgrewind4j", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                if (process.waitFor(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0) {
                    String text = Files.readString(output, StandardCharsets.UTF_8);
                    return Optional.of(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
                }
            } finally {
                process.destroyForcibly();
            }
            LOG.log(System.Logger.Level.DEBUG, "no answer from {0}", command);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while asking " + command.get(0)).initCause(e);
        } finally {
            Files.delete(output);
        }
    }
}
