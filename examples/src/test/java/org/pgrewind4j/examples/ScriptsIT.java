package org.pgrewind4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Iterables;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the scripts as a user does, on the packaged modules and from another directory. */
@Tag("server")
class ScriptsIT {

    private static final Path BIN = Path.of("bin").toAbsolutePath();

    @TempDir
    private Path temporary;

    @Test
    void demonstrationEndsWithSuccessAndLeavesNothing() throws IOException, InterruptedException {
        Process demo = start("failover-demo");
        List<String> lines = demo.inputReader().lines().toList();

        assertThat(demo.waitFor()).as(() -> String.join("\n", lines)).isZero();
        assertThat(lines).contains("   ok      the 700 new orders are there");
        assertNothingLeft();
    }

    /** By pgBackRest, in whose place a script of ours restores. */
    @Test
    void rebuiltPrimaryStreamsFromItsSlot() throws IOException, InterruptedException {
        Process demo = start("rebuild-demo");
        List<String> lines = demo.inputReader().lines().toList();

        assertThat(demo.waitFor()).as(() -> String.join("\n", lines)).isZero();
        assertThat(lines)
                .contains(
                        "   primary_slot_name = 'old_primary'",
                        "   ok      pg_stat_replication: [[old_primary, streaming]]",
                        "   ok      pg_replication_slots: [[old_primary, physical, t]]")
                .noneMatch(line -> line.contains("FAILED"));
        if (System.getenv("CI") != null) {
            assertThat(lines).anyMatch(line -> line.contains("backed up by pgBackRest"));
        }
        assertNothingLeft();
    }

    @Test
    void terminatedDemonstrationLeavesNothing() throws IOException, InterruptedException {
        Process demo = start("failover-demo");
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = demo.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                if (line.startsWith("2. ")) {
                    terminate(demo);
                }
            }
        }

        assertThat(demo.waitFor()).as(() -> String.join("\n", lines)).isEqualTo(128 + 15);
        assertThat(lines).contains("Interrupted.").noneMatch(line -> line.startsWith("6. "));
        assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rewind-plan", "waldump"})
    void printersSayHowTheyAreUsed(String script) throws IOException, InterruptedException {
        Process printer = start(script, "--help");
        List<String> lines = printer.inputReader().lines().toList();

        assertThat(printer.waitFor()).as(() -> String.join("\n", lines)).isZero();
        assertThat(lines).first().asString().startsWith("Usage: " + script + " ");
    }

    /** Where nothing of the project can be found. */
    @Test
    void archiveOfCommandsHasAllThatTheyNeed() throws IOException, InterruptedException {
        Path archive;
        try (var built = Files.newDirectoryStream(Path.of("target"), "pgrewind4j-*-commands.tar.gz")) {
            archive = Iterables.getOnlyElement(built).toAbsolutePath();
        }
        run(List.of("tar", "-xzf", archive.toString(), "--strip-components=1", "-C", temporary.toString()));

        Path bin = temporary.resolve("bin");
        assertThat(run(List.of(bin.resolve("pg_rewind").toString(), "--version")))
                .startsWith("pg_rewind (PostgreSQL)");
        assertThat(run(List.of(bin.resolve("pgbackrest-restore").toString(), "--help")))
                .startsWith("Usage: pgbackrest-restore ");
        assertThat(run(List.of(bin.resolve("waldump").toString(), "--help"))).startsWith("Usage: waldump ");
        assertThat(run(List.of(bin.resolve("rewind-plan").toString(), "--help")))
                .startsWith("Usage: rewind-plan ");
        try (var libraries = Files.list(temporary.resolve("lib"))) {
            assertThat(libraries.map(Path::getFileName).map(Path::toString))
                    .contains("pgrewind4j-core.jar")
                    .doesNotContain("jmh-core.jar", "pgrewind4j-wal-tests.jar");
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private Process start(String script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(BIN.resolve(script).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(Path.of("/").toFile()).redirectErrorStream(true);
        builder.environment().put("TMPDIR", temporary.toString());
        return builder.start();
    }

    private static void terminate(Process process) throws IOException, InterruptedException {
        List<String> kill = List.of("kill", "-s", "TERM", Long.toString(process.pid()));
        assertThat(new ProcessBuilder(kill).start().waitFor()).isZero();
    }

    /** Neither a folder nor a process whose command line names one: servers name their data directories. */
    private void assertNothingLeft() throws IOException {
        try (var left = Files.list(temporary)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("pgrewind4j")))
                    .isEmpty();
        }
        assertThat(ProcessHandle.allProcesses()
                        .filter(process -> process.info()
                                .commandLine()
                                .filter(line -> line.contains(temporary.toString()))
                                .isPresent())
                        .filter(ProcessHandle::isAlive))
                .isEmpty();
    }
}
