package org.pgrewind4j.testserver;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * PostgreSQL 15's own tools as installed by Debian's {@code postgresql-15}, whose results the library's are held
 * against: {@code pg_rewind}, {@code pg_waldump}, {@code pg_controldata}, {@code pg_checksums}, {@code pg_amcheck}.
 *
 * <p>The environment variable or system property {@code PGREWIND4J_ORACLE} names the folder of the tools; without it,
 * they are looked for on the {@code PATH} and where Debian puts them. With {@code CI=true} in the environment, or the
 * system property {@code pgrewind4j.oracle.required=true}, it is an error if they are not there.
 */
public final class Oracle {

    private static final String LOCATION = "PGREWIND4J_ORACLE";
    private static final String REQUIRED_PROPERTY = "pgrewind4j.oracle.required";
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql/15/bin");
    private static final String MISSING =
            "PostgreSQL 15's tools are not installed\nHINT: apt-get install postgresql-15, or name their folder with "
                    + LOCATION;

    private final Path bin;

    private Oracle(Path bin) {
        this.bin = bin;
    }

    /**
     * Finds the tools, or ends the test: as aborted with the reason, or as failed where the tools are required.
     *
     * @return the tools
     * @throws TestServerException if the tools are required and not there
     */
    public static Oracle require() {
        Optional<Path> bin = findBin();
        if (bin.isEmpty()) {
            if (isRequired()) {
                throw new TestServerException(MISSING);
            }
            Assumptions.abort(MISSING);
        }
        return new Oracle(bin.orElseThrow());
    }

    /**
     * Takes tools of any release, for programs that compare with them.
     *
     * @param bin the folder of the tools
     * @return the tools
     */
    public static Oracle in(Path bin) {
        return new Oracle(bin);
    }

    static Optional<Path> findBin() {
        String named = System.getProperty(LOCATION, System.getenv(LOCATION));
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        Stream<Path> onPath = Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
        return Stream.concat(onPath, Stream.of(DEBIAN))
                .filter(Oracle::isRelease15)
                .findFirst();
    }

    static boolean isRequired() {
        return Boolean.getBoolean(REQUIRED_PROPERTY) || "true".equals(System.getenv("CI"));
    }

    private static boolean isRelease15(Path folder) {
        Path tool = folder.resolve("pg_rewind");
        return Files.isExecutable(tool)
                && Command.run(List.of(tool.toString(), "--version"), "pg_rewind")
                        .stdout()
                        .contains(" 15.");
    }

    /**
     * The folder of the tools.
     *
     * @return for programs that start them themselves
     */
    public Path bin() {
        return bin;
    }

    /**
     * Runs a tool under an account that it accepts.
     *
     * @param tool its name, such as {@code pg_waldump}
     * @param arguments as in a shell, without a shell's quoting; data directories by their absolute path
     * @return its outputs and exit status, whatever it is
     */
    public CommandResult run(String tool, String... arguments) {
        return Command.run(command(tool, arguments), tool);
    }

    /**
     * What to start to run a tool under an account that it accepts, for programs that watch it as it runs. Data
     * directories among the arguments are made accessible to that account.
     *
     * @param tool its name, such as {@code pg_waldump}
     * @param arguments as in a shell, without a shell's quoting; data directories by their absolute path
     * @return the command with its arguments
     */
    public List<String> command(String tool, String... arguments) {
        ServerAccount account = ServerAccount.current();
        for (String argument : arguments) {
            Path path = Path.of(argument.substring(argument.indexOf('=') + 1));
            if (path.isAbsolute() && Files.isDirectory(path)) {
                account.handOver(path);
            }
        }
        return account.command(bin.resolve(tool), List.of(arguments));
    }
}
