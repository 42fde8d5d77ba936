package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The system itself refuses a process that rewinds what it asks for: room, descriptors, large files. */
@Tag("server")
class FaultyProcessTest {

    /** More than the process may have open when it gets on. */
    private static final int STAGED_FILES = 100;

    @TempDir
    static Path folder;

    private static ThinPair pair;

    @BeforeAll
    static void diverge() throws IOException {
        pair = ThinPair.in(folder);
        Path many = Files.createDirectories(folder.resolve("source/data/many"));
        for (int i = 0; i < STAGED_FILES; i++) {
            Files.writeString(many.resolve("file" + i), "x");
        }
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    /** How each of its rewinds ended: in a process that a shell command has taken something away from. */
    private static List<String> ends(List<String> shell, String fault, Path base)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(shell);
        command.set(shell.size() - 1, command.get(shell.size() - 1) + " && exec \"$@\"");
        command.add("sh");
        command.addAll(JavaProcess.command(FaultyProcess.class, fault, folder.toString(), base.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().filter(line -> line.matches("[0-9]+ .*")).toList();
    }

    private static void assertFailedUntilEnough(List<String> ends, String failure) {
        assertThat(ends).hasSizeGreaterThan(2);
        assertThat(ends.subList(0, ends.size() - 1)).allMatch(end -> end.contains(failure));
        assertThat(ends.get(ends.size() - 1)).endsWith("DONE");
    }

    @Test
    void fullDiskLeavesWhatIsCompletedOnceThereIsRoom() throws IOException, InterruptedException {
        Path disk = Files.createDirectories(folder.resolve("disk"));
        List<String> mounted = List.of("unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=48m none '" + disk + "'");
        assumeTrue(canRun(mounted), "no file system can be mounted here: " + mounted);

        List<String> ends = ends(mounted, "room", disk.resolve("target"));

        assertFailedUntilEnough(ends, ": No space left on device");
        assertThat(ends).anyMatch(end -> end.contains(" UNTOUCHED "));
        assertThat(ends).anyMatch(end -> end.contains(" RESUMABLE "));
    }

    private static boolean canRun(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void fewDescriptorsAreEnoughForAnyNumberOfFiles() throws IOException, InterruptedException {
        List<String> ends = ends(List.of("sh", "-c", "ulimit -n 256"), "descriptors", folder.resolve("few"));

        assertFailedUntilEnough(ends, ": Too many open files");
        assertThat(ends).hasSizeLessThan(30);
    }

    @Test
    void limitOfTheSizeOfFilesLeavesTheTargetUntouched() throws IOException, InterruptedException {
        List<String> ends = ends(List.of("sh", "-c", "true"), "size", folder.resolve("small"));

        assertFailedUntilEnough(ends, "File too large");
    }
}
