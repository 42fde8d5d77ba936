package org.pgrewind4j.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The processes of one running server: the postmaster, which is the JVM's child, and the postmaster's children. */
final class ServerProcess {

    private static final Set<ServerProcess> RUNNING = ConcurrentHashMap.newKeySet();

    private final Process postmaster;
    private final Path dataDirectory;

    private ServerProcess(Process postmaster, Path dataDirectory) {
        this.postmaster = postmaster;
        this.dataDirectory = dataDirectory;
    }

    static ServerProcess start(List<String> command, Path dataDirectory, Path log) {
        try {
            Process process = Command.builder(command)
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(log.toFile()))
                    .start();
            ServerProcess server = new ServerProcess(process, dataDirectory);
            RUNNING.add(server);
            return server;
        } catch (IOException e) {
            throw new TestServerException("could not run " + String.join(" ", command), e);
        }
    }

    /** For the end of the JVM. */
    static void killAll() {
        RUNNING.forEach(ServerProcess::kill);
    }

    boolean isAlive() {
        return postmaster.isAlive();
    }

    long pid() {
        return postmaster.pid();
    }

    void signal(String name) {
        Command.run(List.of("kill", "-s", name, Long.toString(pid())), "kill");
    }

    /** Whether the postmaster ends within the limit of all waits. */
    boolean waitForExit() {
        try {
            boolean ended = postmaster.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (ended) {
                RUNNING.remove(this);
            }
            return ended;
        } catch (InterruptedException e) {
            throw TestServerException.interrupted("waiting for a server to stop", e);
        }
    }

    /** Ends all processes at once, as a power failure does for them. */
    void kill() {
        if (!isAlive()) {
            RUNNING.remove(this);
            return;
        }
        // A stopped postmaster has no more children, so that the list is complete.
        signal("STOP");
        List<ProcessHandle> children = postmaster.descendants().toList();
        String sharedMemory = sharedMemoryId();
        postmaster.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        if (!waitForExit()) {
            throw new TestServerException("server process " + pid() + " survived SIGKILL");
        }
        Await.until(
                () -> children.stream().noneMatch(ServerProcess::isRunning),
                () -> "children of server process " + pid() + " did not end");
        if (!sharedMemory.isEmpty()) {
            // Nobody is left to remove the segment that tells other servers that this directory is in use.
            Command.run(List.of("ipcrm", "-m", sharedMemory), "ipcrm");
        }
    }

    /**
     * Whether a process still does anything. One that has ended but was not reaped by the process that inherited it,
     * which may take its time or never do it, counts as gone: {@link ProcessHandle#isAlive} does not see that.
     */
    static boolean isRunning(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return process.isAlive() && state != 'Z' && state != 'X';
        } catch (IOException e) {
            // It has ended since it was listed.
            return false;
        }
    }

    /** The id of the server's System V segment, the second number in line 7 of {@code postmaster.pid}. */
    private String sharedMemoryId() {
        try (Stream<String> lines = Files.lines(dataDirectory.resolve("postmaster.pid"), StandardCharsets.UTF_8)) {
            List<String> all = lines.toList();
            String[] numbers =
                    all.size() < 7 ? new String[0] : all.get(6).strip().split(" +", -1);
            return numbers.length == 2 ? numbers[1] : "";
        } catch (IOException | UncheckedIOException e) {
            // Not written yet, or removed by a test: then there is nothing to go by.
            return "";
        }
    }
}
