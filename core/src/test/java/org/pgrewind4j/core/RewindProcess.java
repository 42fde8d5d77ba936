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
import java.util.function.BooleanSupplier;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** A process of its own that rewinds a target to a source directory, or finishes what another one left. */
final class RewindProcess implements AutoCloseable {

    private static final String OVERWRITING = "OVERWRITING";

    private final Process process;
    private final BufferedReader output;

    private RewindProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static RewindProcess start(Path target, Path source, CopyMode mode) throws IOException {
        Process process = new ProcessBuilder(
                        JavaProcess.command(RewindProcess.class, target.toString(), source.toString(), mode.name()))
                .redirectErrorStream(true)
                .start();
        return new RewindProcess(process);
    }

    /** Waits until a phase begins; false if the process ends before. */
    boolean awaitPhase(Phase phase) throws IOException {
        return awaitLine(phase.name());
    }

    /** Waits until first blocks are overwritten in place; false if the process ends before. */
    boolean awaitOverwriting() throws IOException {
        return awaitLine(OVERWRITING);
    }

    private boolean awaitLine(String awaited) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals(awaited)) {
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

    /** The process itself: prints each phase when it begins, and when the first blocks are overwritten in place. */
    public static void main(String[] arguments) throws IOException {
        Path target = Path.of(arguments[0]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        RewindListener listener = new RewindListener() {
            @Override
            public void phaseStarted(Phase phase) {
                out.println(phase);
            }
        };
        boolean isOverwritten = Rewind.status(target)
                .filter(status -> status.state() == RewindStatus.State.OVERWRITING)
                .isPresent();
        if ((!isOverwritten && Rewind.resume(target, listener).isPresent()) || !Files.exists(Path.of(arguments[1]))) {
            return;
        }
        try (LocalDirectoryTransport source = LocalDirectoryTransport.open(Path.of(arguments[1]))) {
            BooleanSupplier isOverwriting = () -> {
                boolean overwrites = !Files.exists(target.resolve("global/pg_control"));
                if (overwrites) {
                    out.println(OVERWRITING);
                }
                return overwrites;
            };
            Rewind.of(target)
                    .from(new LingeringSource(source, isOverwriting))
                    .copyMode(CopyMode.valueOf(arguments[2]))
                    .listener(listener)
                    .plan()
                    .execute();
            out.println("DONE");
        }
    }
}
