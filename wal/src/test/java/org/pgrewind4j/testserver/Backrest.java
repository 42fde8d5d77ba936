package org.pgrewind4j.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * pgBackRest as installed by Debian's {@code pgbackrest}, whose repositories the library reads and whose restores it is held
 * against. It works for one stanza, called {@code main}, with everything that it writes in one directory.
 *
 * <p>With {@code CI=true} in the environment, or the system property {@code pgrewind4j.oracle.required=true}, it is an error
 * if it is not there.
 */
public final class Backrest {

    /** The stanza's name. */
    public static final String STANZA = "main";

    private static final String MISSING = "pgBackRest is not installed\nHINT: apt-get install pgbackrest";

    private final Path program;
    private final Path home;

    private Backrest(Path program, Path home) {
        this.program = program;
        this.home = home;
    }

    /**
     * Finds the program, or ends the test: as aborted with the reason, or as failed where it is required.
     *
     * @param home an empty directory for its configuration, logs and locks; accessible to the servers' account
     * @return the program
     * @throws TestServerException if it is required and not there
     */
    public static Backrest require(Path home) {
        Optional<Path> program = Stream.concat(
                        Arrays.stream(Optional.ofNullable(System.getenv("PATH"))
                                .orElse("")
                                .split(":", -1)),
                        Stream.of("/usr/bin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "pgbackrest"))
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty()) {
            if (Oracle.isRequired()) {
                throw new TestServerException(MISSING);
            }
            Assumptions.abort(MISSING);
        }
        return new Backrest(program.orElseThrow(), home);
    }

    /**
     * Describes a server that archives to the stanza, with the settings that this takes. It listens on a socket too, which
     * is the only way to it that the program knows.
     *
     * @param release which PostgreSQL
     * @return a builder for it
     */
    public PostgresServerBuilder server(ServerRelease release) {
        return PostgresServer.builder(release)
                .setting("archive_mode", "on")
                .setting("archive_command", program + " " + String.join(" ", common()) + " archive-push %p")
                .setting("unix_socket_directories", home.toString());
    }

    /**
     * Writes the configuration.
     *
     * @param server the stanza's server, initialized and not started yet
     * @param options lines such as {@code repo1-path=/repository}, for the section {@code [global]}
     */
    public void configure(PostgresServer server, String... options) {
        List<String> lines = new ArrayList<>(List.of("[" + STANZA + "]"));
        lines.addAll(List.of(
                "pg1-path=" + server.dataDirectory(),
                "pg1-port=" + server.port(),
                "pg1-socket-path=" + home,
                "pg1-user=" + PostgresServer.USER,
                "",
                "[global]",
                "log-path=" + home.resolve("log"),
                "lock-path=" + home.resolve("lock"),
                "spool-path=" + home.resolve("spool"),
                "log-level-console=warn",
                "log-level-file=off",
                "start-fast=y"));
        lines.addAll(List.of(options));
        try {
            Files.write(home.resolve("pgbackrest.conf"), lines);
            Path hba = server.dataDirectory().resolve("pg_hba.conf");
            Files.writeString(hba, Files.readString(hba) + "local all all trust\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ServerTool.handOver(home);
    }

    private List<String> common() {
        return List.of("--config=" + home.resolve("pgbackrest.conf"), "--stanza=" + STANZA);
    }

    /**
     * Runs a command.
     *
     * @param command such as {@code backup}
     * @param options such as {@code --type=full}
     * @return its outputs
     * @throws TestServerException if it fails
     */
    public CommandResult run(String command, String... options) {
        List<String> arguments = new ArrayList<>(common());
        arguments.addAll(List.of(options));
        arguments.add(command);
        return ServerTool.run(program, Map.of(), arguments).ensureSuccess();
    }
}
