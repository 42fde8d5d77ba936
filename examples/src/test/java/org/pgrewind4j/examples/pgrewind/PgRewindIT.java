package org.pgrewind4j.examples.pgrewind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.examples.PublishedSchema;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.ServerTool;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** The same argument lists for PostgreSQL 15's pg_rewind and for the command: same exit status, same lines that matter. */
@Tag("server")
class PgRewindIT {

    private static final Path COMMAND = Path.of("bin/pg_rewind").toAbsolutePath();

    /** An old primary and a new one, stopped, whose WAL parted; tests work on copies of them. */
    private static Failover failover;

    private static PostgresServer stranger;
    private static Path archive;
    private static Oracle oracle;

    private final List<PostgresServer> copies = new ArrayList<>();

    @BeforeAll
    static void diverge() throws IOException {
        oracle = Oracle.require();
        PostgresServer primary = PostgresServer.builder(ServerRelease.of("15"))
                .withChecksums()
                .walSegmentMegabytes(1)
                .setting("fsync", "off")
                .build();
        failover = Failover.of(primary);
        primary.execute("CREATE TABLE t AS SELECT g AS id, 'shared' AS v FROM generate_series(1, 2000) AS g");
        primary.switchWal();
        primary.execute("UPDATE t SET id = -id");
        PostgresServer promoted = failover.promoteStandby();
        primary.execute("UPDATE t SET v = 'lost' WHERE id % 10 = 0");
        promoted.execute("UPDATE t SET v = 'new' WHERE id % 15 = 0");
        primary.stop(StopMode.FAST);
        promoted.stop(StopMode.FAST);

        stranger = PostgresServer.builder(ServerRelease.of("15")).build();
        stranger.initialize();
        archive = Files.createTempDirectory("pgrewind4j-archive");
    }

    @AfterAll
    static void close() throws IOException {
        stranger.close();
        failover.close();
        try (Stream<Path> files = Files.list(archive)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
        Files.delete(archive);
    }

    @AfterEach
    void closeCopies() {
        copies.forEach(PostgresServer::close);
    }

    private PostgresServer oldPrimary() {
        return copy(failover.primary());
    }

    private PostgresServer newPrimary() {
        return copy(failover.standby());
    }

    private PostgresServer copy(PostgresServer server) {
        PostgresServer copy = server.copy();
        copies.add(copy);
        ServerTool.handOver(copy.dataDirectory());
        return copy;
    }

    private static CommandResult run(String... arguments) {
        return ServerTool.run(COMMAND, Map.of(), List.of(arguments));
    }

    /** The lines of both that scripts look at; data directories and the cures of errors are the business of each. */
    private static List<String> keyLines(CommandResult result) {
        return result.stderr()
                .lines()
                .map(line -> line.replaceFirst("^\\S*/pg_rewind: ", "pg_rewind: "))
                .filter(line -> line.startsWith("pg_rewind: "))
                .filter(line -> !line.matches("pg_rewind: (detail|hint|warning): .*") || line.contains("--help"))
                .toList();
    }

    private static void assertSame(CommandResult found, CommandResult expected) {
        assertThat(keyLines(found)).as(found.stderr()).isEqualTo(keyLines(expected));
        assertThat(found.exitCode()).isEqualTo(expected.exitCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-x",
                "--foo",
                "-D",
                "--source-pgdata",
                "-D a --source-pgdata=b c",
                "-D a -n",
                "--source-pgdata=a --source-server=b -D c",
                "--source-pgdata=a",
                "-RDa --source-pgdata b",
                "-nPNDa --source-pgdata b",
                "-Da -D /nowhere --source-pgd=b",
                "-Da --dry-run=x",
                "--target a -n --restore-t",
                "-n -- -D a",
                "--dry -D a",
                "-n --help",
            })
    void complainsAsTheOriginal(String line) {
        String[] arguments = line.isEmpty() ? new String[0] : line.split(" ", -1);
        CommandResult found = run(arguments);
        CommandResult expected = oracle.run("pg_rewind", arguments);

        if (line.contains("--help")) {
            // The original's getopt says nothing there.
            assertThat(keyLines(found)).containsAll(keyLines(expected));
        } else {
            assertThat(keyLines(found)).isEqualTo(keyLines(expected));
        }
        assertThat(found.exitCode()).isEqualTo(expected.exitCode()).isEqualTo(1);
        assertThat(found.stdout()).isEmpty();
    }

    @Test
    void helpAndVersionGoToStandardOutput() {
        assertThat(run("--help").stdout())
                .startsWith(oracle.run("pg_rewind", "--help").stdout().substring(0, 300));
        assertThat(run("-?").exitCode()).isZero();
        assertThat(run("-V").stdout()).startsWith("pg_rewind (PostgreSQL) ");
        assertThat(run("--version").stderr()).isEmpty();
    }

    private void compare(PostgresServer ours, PostgresServer theirs, String... arguments) {
        assertSame(run(with(ours, arguments)), oracle.run("pg_rewind", with(theirs, arguments)));
    }

    private static String[] with(PostgresServer target, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--target-pgdata=" + target.dataDirectory(), "--no-sync"));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    private static String from(PostgresServer source) {
        return "--source-pgdata=" + source.dataDirectory();
    }

    @Test
    void rewindsFromADirectory() throws IOException {
        PostgresServer source = newPrimary();
        PostgresServer ours = oldPrimary();
        PostgresServer theirs = oldPrimary();
        compare(ours, theirs, from(source), "--dry-run");
        compare(ours, theirs, from(source));
        assertFollows(ours, source);

        // Now both are on one timeline.
        ours.stop(StopMode.FAST);
        source.stop(StopMode.FAST);
        compare(ours, copy(ours), from(source));
    }

    @Test
    void dryRunChangesNothing() throws IOException {
        PostgresServer target = oldPrimary();
        byte[] before = Files.readAllBytes(target.dataDirectory().resolve("global/pg_control"));

        CommandResult result = run(with(target, from(newPrimary()), "-n", "-P", "--json", "--debug"));

        assertThat(result.exitCode()).isZero();
        assertThat(result.stderr())
                .contains("pg_rewind: reading WAL in target\n", " (COPY)\n", "pg_rewind: need to copy ")
                .endsWith("pg_rewind: Done!\n");
        PublishedSchema.OUTCOME.validate(result.stdout());
        JsonNode outcome = new ObjectMapper().readTree(result.stdout());
        assertThat(outcome.at("/plan/verdict").asText()).isEqualTo("REWIND");
        assertThat(outcome.get("report").isNull()).isTrue();
        assertThat(Files.readAllBytes(target.dataDirectory().resolve("global/pg_control")))
                .isEqualTo(before);
        assertThat(target.dataDirectory().resolve("backup_label")).doesNotExist();
    }

    @Test
    void reportsProgressAndWhatWasDone() throws IOException {
        PostgresServer source = newPrimary();
        CommandResult result =
                run(with(oldPrimary(), from(source), "-P", "--json", "--verify", "--block-selection=since-checkpoint"));

        assertThat(result.stderr())
                .containsPattern("\n *([0-9]+)/\\1 kB \\(100%\\) copied\n")
                .contains("creating backup label and updating control file\n", "syncing target data directory\n")
                .endsWith("pg_rewind: Done!\n");
        PublishedSchema.OUTCOME.validate(result.stdout());
        JsonNode outcome = new ObjectMapper().readTree(result.stdout());
        assertThat(outcome.at("/report/verdict").asText()).isEqualTo("REWIND");
        assertThat(outcome.at("/report/bytes/total").asLong())
                .isPositive()
                .isEqualTo(outcome.at("/plan/bytes/total").asLong());
        assertThat(outcome.at("/report/verification/walFrom").asText())
                .isEqualTo(outcome.at("/plan/redo").asText());
    }

    @Test
    void rewindsFromAServerAndWritesItsConfiguration() {
        PostgresServer source = newPrimary();
        PostgresServer ours = oldPrimary();
        PostgresServer theirs = oldPrimary();
        source.start();
        // The original does not wait for the checkpoint that tells it of the new timeline.
        source.checkpoint();
        String server = "--source-server=host=127.0.0.1 port=" + source.port() + " user=postgres dbname=postgres";

        compare(ours, theirs, server, "-R");

        ours.start();
        ours.catchUpWith(source);
        assertThat(ours.value("SELECT count(*) FROM t WHERE v = 'new'")).isNotEqualTo("0");
        assertThat(ours.value("SELECT count(*) FROM t WHERE v = 'lost'")).isEqualTo("0");
        assertThat(ours.value("SHOW primary_conninfo"))
                .contains("host=127.0.0.1 port=" + source.port() + " dbname=postgres user=postgres");
    }

    private static void assertFollows(PostgresServer target, PostgresServer source) {
        source.start();
        target.standbyOf(source);
        target.start();
        target.catchUpWith(source);
        assertThat(target.query("SELECT * FROM t ORDER BY id")).isEqualTo(source.query("SELECT * FROM t ORDER BY id"));
    }

    @Test
    void takesLostWalFromTheArchive() throws IOException {
        PostgresServer source = newPrimary();
        PostgresServer ours = oldPrimary();
        PostgresServer theirs = oldPrimary();
        for (PostgresServer server : List.of(ours, theirs, source)) {
            moveOldestToArchive(server);
        }
        CommandResult without = run(with(ours, from(source)));
        assertThat(without.exitCode()).isEqualTo(1);
        assertThat(without.stderr())
                .containsPattern("pg_rewind: error: could not open file \"" + ours.dataDirectory()
                        + "/pg_wal/[0-9A-F]{24}\": No such file or directory\n");

        compare(ours, theirs, from(source), "-c");
        for (PostgresServer server : List.of(ours, theirs)) {
            server.configure("restore_command", "cp \"" + archive + "/%f\" \"%p\"");
        }
        compare(ours, theirs, from(source), "--restore-target-wal");

        assertFollows(ours, source);
    }

    @Test
    void comparesATargetThatHasLostItsWal() throws IOException {
        PostgresServer source = newPrimary();
        PostgresServer target = oldPrimary();
        try (Stream<Path> files = Files.list(target.dataDirectory().resolve("pg_wal"))) {
            for (Path segment : files.filter(Files::isRegularFile).toList()) {
                Files.delete(segment);
            }
        }
        CommandResult without = run(with(target, from(source)));
        assertThat(without.exitCode()).isEqualTo(1);
        assertThat(without.stderr()).contains(" Or have both data directories compared instead (--compare=needed).");

        // A directory that the account of the servers may write to.
        Path kept = source.dataDirectory().resolve("kept");
        CommandResult result = run(with(target, from(source), "--compare=needed", "--json", "--salvage=" + kept));

        assertThat(result.exitCode()).as(result.stderr()).isZero();
        assertThat(kept.resolve("bundle.json")).exists();
        assertThat(new ObjectMapper()
                        .readTree(result.stdout())
                        .at("/report/verdict")
                        .asText())
                .isEqualTo("COMPARE");
        assertFollows(target, source);
    }

    private static void moveOldestToArchive(PostgresServer server) throws IOException {
        List<Path> segments;
        try (Stream<Path> files = Files.list(server.dataDirectory().resolve("pg_wal"))) {
            segments = files.filter(file -> file.getFileName().toString().matches("00000001[0-9A-F]{16}"))
                    .sorted()
                    .toList();
        }
        // All but the two newest of timeline 1: the second newest has the divergence.
        for (Path segment : segments.subList(0, segments.size() - 2)) {
            Files.copy(segment, archive.resolve(segment.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            Files.delete(segment);
        }
    }

    static Stream<String> refusals() {
        return Stream.of("stranger", "running source", "no such source", "crashed target");
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesAsTheOriginal(String why) {
        PostgresServer source = why.equals("stranger") ? copy(stranger) : newPrimary();
        PostgresServer target = oldPrimary();
        List<String> options = new ArrayList<>(List.of(from(source)));
        switch (why) {
            case "running source" -> source.start();
            case "no such source" ->
                options.set(0, "--source-server=host=127.0.0.1 port=1 user=postgres dbname=postgres");
            case "crashed target" -> {
                target.start();
                target.kill();
                options.add("--no-ensure-shutdown");
            }
            default -> {}
        }
        String[] arguments = with(target, options.toArray(String[]::new));
        CommandResult found = run(arguments);
        CommandResult expected = oracle.run("pg_rewind", arguments);

        assertThat(found.exitCode()).isEqualTo(expected.exitCode()).isEqualTo(1);
        if (why.equals("no such source")) {
            assertThat(found.stderr()).startsWith("pg_rewind: error: ");
        } else {
            assertThat(keyLines(found)).as(found.stderr()).containsAll(keyLines(expected));
        }
    }

    @Test
    void refusesRoot() throws IOException, InterruptedException {
        // For whoever is not root, a namespace of its own makes it so.
        boolean isRoot = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        List<String> command = new ArrayList<>(isRoot ? List.of() : List.of("unshare", "--map-root-user"));
        command.addAll(List.of(COMMAND.toString(), "-D", "a", "--source-pgdata=b"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();

        assertThat(process.inputReader().lines())
                .containsExactly(
                        "pg_rewind: error: cannot be executed by \"root\"",
                        "pg_rewind: hint: You must run pg_rewind as the PostgreSQL superuser.");
        assertThat(process.waitFor()).isEqualTo(1);
    }

    @Test
    void finishesAnInterruptedRewindWithoutItsSource() throws IOException {
        PostgresServer source = newPrimary();
        PostgresServer target = oldPrimary();
        interrupt(target, source);
        ServerTool.handOver(target.dataDirectory());
        assertThat(target.dataDirectory().resolve("global/pg_control")).doesNotExist();

        // Whose rewind it was, a source that cannot be reached does not tell.
        CommandResult unreachable =
                run(with(target, "--source-server=host=127.0.0.1 port=1 user=postgres dbname=postgres"));
        assertThat(unreachable.exitCode()).isEqualTo(1);
        assertThat(unreachable.stderr())
                .startsWith("pg_rewind: error: ")
                .endsWith("pg_rewind: hint: An interrupted rewind of the target can be finished without its source: run"
                        + " with --resume.\n");

        CommandResult result = run(with(target, "--resume"));

        assertThat(result.stderr()).isEqualTo("pg_rewind: an interrupted rewind was finished\npg_rewind: Done!\n");
        assertThat(result.exitCode()).isZero();
        assertFollows(target, source);
    }

    /** Leaves a target that is half applied. */
    private static void interrupt(PostgresServer target, PostgresServer source) throws IOException {
        RewindListener interrupting = new RewindListener() {
            @Override
            public void progressed(Progress progress) {
                if (progress.phase() == Phase.APPLY) {
                    throw new IllegalStateException("interrupted");
                }
            }
        };
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            RewindPlan plan = Rewind.of(target.dataDirectory())
                    .from(transport)
                    .listener(interrupting)
                    .durability(Durability.NO_SYNC)
                    .plan();
            assertThatThrownBy(plan::execute).hasMessageContaining("interrupted");
        }
    }

    @Test
    void resumeSaysThatThereIsNothing() {
        CommandResult result =
                run("--resume", "-D", oldPrimary().dataDirectory().toString());

        assertThat(result.exitCode()).isZero();
        assertThat(result.stderr()).isEqualTo("pg_rewind: no interrupted rewind to finish\n");
    }
}
