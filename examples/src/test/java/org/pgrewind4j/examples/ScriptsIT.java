package org.pgrewind4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the scripts as a user does, on the packaged modules and from another directory. */
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
