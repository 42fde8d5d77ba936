package org.pgrewind4j.examples;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.ServerTool;

/** A backup by pgBackRest in a new stanza, restored by the script {@code pgbackrest-restore} in its place. */
final class PgBackRestSource implements RebuildSource {

    private static final String STANZA = "new-primary";
    private static final Pattern VERSION = Pattern.compile("2\\.([0-9]+).*");
    private static final Pattern RESTORED =
            Pattern.compile("restored backup set .*: ([0-9,]+) bytes written, ([0-9,]+ files of [0-9,]+ bytes) kept");

    private final Path program;
    private final Path folder;
    private final PostgresServer primary;

    private PgBackRestSource(Path program, Path folder, PostgresServer primary) {
        this.program = program;
        this.folder = folder;
        this.primary = primary;
    }

    /** Finds pgBackRest; empty if it is not installed, or older than the server's release. */
    static Optional<Path> program(ServerRelease release) {
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1))
                .filter(place -> !place.isEmpty())
                .map(place -> Path.of(place, "pgbackrest"))
                .filter(Files::isExecutable)
                .filter(program -> knows(program, release))
                .findFirst();
    }

    private static boolean knows(Path program, ServerRelease release) {
        CommandResult result = ServerTool.run(program, Map.of(), List.of("version"));
        Matcher version = VERSION.matcher(result.stdout().strip().replace("pgBackRest ", ""));
        int minor = version.matches() ? Integer.parseInt(version.group(1)) : 0;
        // pgBackRest's release notes: since when it knows the newest releases of PostgreSQL.
        int needed = release.isAtLeast(18) ? 57 : release.isAtLeast(17) ? 54 : release.isAtLeast(16) ? 48 : 45;
        return minor >= needed;
    }

    static PgBackRestSource of(Path program, DemoServers servers) {
        return new PgBackRestSource(program, servers.folder(), servers.promoted());
    }

    private Path config() {
        return folder.resolve("pgbackrest.conf");
    }

    @Override
    public String take() throws IOException {
        Path home = Files.createDirectory(folder.resolve("pgbackrest"));
        Files.write(
                config(),
                List.of(
                        "[global]",
                        "repo1-path=" + folder.resolve("repository"),
                        "repo1-retention-full=2",
                        "lock-path=" + home,
                        "spool-path=" + home,
                        "log-level-file=off",
                        "start-fast=y",
                        "",
                        "[" + STANZA + "]",
                        "pg1-path=" + primary.dataDirectory(),
                        "pg1-port=" + primary.port(),
                        "pg1-socket-path=" + RebuildDemo.sockets(folder),
                        "pg1-user=" + PostgresServer.USER,
                        "recovery-option=primary_conninfo=" + RebuildDemo.conninfo(primary),
                        "recovery-option=primary_slot_name=" + RebuildDemo.SLOT));
        ServerTool.handOver(home);
        Files.writeString(
                primary.dataDirectory().resolve("pg_hba.conf"), "local all all trust\n", StandardOpenOption.APPEND);
        primary.execute(
                "ALTER SYSTEM SET archive_command = '" + program + " --config=" + config() + " --stanza=" + STANZA
                        + " archive-push %p'",
                "SELECT pg_reload_conf()");
        run("stanza-create");
        run("backup");
        return "pgBackRest, in a new stanza of its own";
    }

    private void run(String command) {
        ServerTool.run(program, Map.of(), List.of("--config=" + config(), "--stanza=" + STANZA, command))
                .ensureSuccess();
    }

    private static List<String> options(Path target) {
        return List.of("restore", "--stanza=" + STANZA, "--db-path=" + target, "--type=standby", "--delta");
    }

    @Override
    public String command() {
        return "pgbackrest-restore "
                + String.join(" ", options(folder.resolve("old-primary")).subList(1, 5));
    }

    @Override
    public Cost restore(Path target) {
        List<String> arguments = new ArrayList<>(options(target));
        arguments.addAll(List.of("--config=" + config(), "--cmd=" + program, "--log-level-console=info"));
        long begin = System.nanoTime();
        CommandResult result = ServerTool.run(script(), Map.of(), arguments).ensureSuccess();
        long millis = (System.nanoTime() - begin) / 1_000_000;
        Matcher restored = RESTORED.matcher(result.stdout());
        if (!restored.find()) {
            throw new IllegalStateException("pgbackrest-restore does not say what it did: " + result.stdout());
        }
        return new Cost(Long.parseLong(restored.group(1).replace(",", "")), restored.group(2), millis);
    }

    /** It lies beside the folder that this was built in. */
    private static Path script() {
        try {
            Path jar = Path.of(PgBackRestSource.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return jar.resolve("../../../bin/pgbackrest-restore").normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
