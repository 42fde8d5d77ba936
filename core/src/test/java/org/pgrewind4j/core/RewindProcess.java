package org.pgrewind4j.core;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.pgrewind4j.transport.LocalDirectoryTransport;

/** A process of its own that rewinds a target to a source directory, or finishes what another one left. */
final class RewindProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

    private RewindProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static RewindProcess start(Path target, Path source) throws IOException {
        Process process = new ProcessBuilder(
                        JavaProcess.command(RewindProcess.class, target.toString(), source.toString()))
                .redirectErrorStream(true)
                .start();
        return new RewindProcess(process);
    }

    /** Waits until a phase begins; false if the process ends before. */
    boolean awaitPhase(Phase phase) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals(phase.name())) {
                return true;
            }
        }
        return false;
    }

    /** Waits for the end, and says how long each phase took. */
    Map<Phase, Duration> phases() throws IOException {
        Map<Phase, Duration> phases = new EnumMap<>(Phase.class);
        String current = output.readLine();
        long begun = System.nanoTime();
        while (current != null) {
            String next = output.readLine();
            long now = System.nanoTime();
            for (Phase phase : Phase.values()) {
                if (current.equals(phase.name())) {
                    phases.put(phase, Duration.ofNanos(now - begun));
                }
            }
            current = next;
            begun = now;
        }
        return phases;
    }

    /** Ends it as {@code kill -9} does, after some time. */
    void killAfter(long nanos) throws InterruptedException {
        if (!process.waitFor(nanos, TimeUnit.NANOSECONDS)) {
            process.destroyForcibly();
        }
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The process itself: prints each phase when it begins. */
    public static void main(String[] arguments) throws IOException {
        Path target = Path.of(arguments[0]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        RewindListener listener = new RewindListener() {
            @Override
            public void phaseStarted(Phase phase) {
                out.println(phase);
            }
        };
        if (Rewind.resume(target, listener).isPresent() || !Files.exists(Path.of(arguments[1]))) {
            return;
        }
        try (LocalDirectoryTransport source = LocalDirectoryTransport.open(Path.of(arguments[1]))) {
            Rewind.of(target).from(source).listener(listener).plan().execute();
            out.println("DONE");
        }
    }
}
