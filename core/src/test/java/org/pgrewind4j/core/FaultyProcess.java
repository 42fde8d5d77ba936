package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pgrewind4j.core.internal.execute.Execution;

/**
 * Rewinds a thin pair again and again in a process that lacks something, a little less of it each time, until there is
 * enough. What a failure leaves must be what the failure says, once there is enough of it.
 */
final class FaultyProcess {

    private static final int PIECE = 64 * 1024;

    private final ThinPair pair;
    private Map<String, String> untouched = Map.of();
    private Map<String, String> finished = Map.of();

    private FaultyProcess(ThinPair pair) {
        this.pair = pair;
    }

    /** Lets the system refuse something until it is closed. */
    private interface Fault extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /** Leaves the process some, such as so many descriptors. */
    private interface Faults {
        Fault leaving(int some) throws IOException;
    }

    /** The process: what it lacks, the folder of the pair, and where to have the target. */
    public static void main(String[] arguments) throws IOException {
        Path base = Path.of(arguments[2]);
        try (ThinPair pair = ThinPair.madeIn(Path.of(arguments[1]), base)) {
            FaultyProcess process = new FaultyProcess(pair);
            process.prepare();
            switch (arguments[0]) {
                case "descriptors" -> process.run(FaultyProcess::leavingDescriptors);
                case "room" -> process.run(some -> leavingRoom(base.resolveSibling("filler"), some));
                case "size" -> process.run(FaultyProcess::leavingSize);
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        }
    }

    /** Also loads all classes that a failure needs: to load one takes a descriptor. */
    private void prepare() throws IOException {
        for (String death : List.of("manifest", "global/pg_control")) {
            pair.restore();
            RewindPlan plan = pair.plan();
            FailingFiles dying = FailingFiles.before(death, pair.target());
            assertThatThrownBy(() -> Execution.execute(Plans.order(plan), dying))
                    .isInstanceOf(RewindException.class);
        }
        pair.restore();
        untouched = contents();
        pair.plan().execute();
        finished = contents();
    }

    private Map<String, String> contents() {
        return TreeState.withoutStaging(pair.target());
    }

    private void run(Faults faults) throws IOException {
        boolean isEnough = false;
        for (int some = 0; !isEnough; some++) {
            pair.restore();
            RewindPlan plan = pair.plan();
            String end = "DONE";
            try (Fault fault = faults.leaving(some)) {
                assertThat(fault).isNotNull();
                plan.execute();
                isEnough = true;
            } catch (RewindException e) {
                end = describe(e);
            }
            if (end.startsWith("UNTOUCHED")) {
                assertThat(contents()).as(end).isEqualTo(untouched);
            } else {
                Rewind.resume(pair.target(), RewindListener.none());
                assertThat(contents()).as(end).isEqualTo(finished);
            }
            System.out.println(some + " " + end);
        }
    }

    private static String describe(RewindException e) {
        return e.targetState() + " " + e.getMessage().lines().findFirst().orElseThrow();
    }

    private static Fault leavingDescriptors(int some) throws IOException {
        List<FileChannel> all = new ArrayList<>();
        try {
            while (true) {
                all.add(FileChannel.open(Path.of("/dev/null"), StandardOpenOption.READ));
            }
        } catch (FileSystemException e) {
            for (int i = 0; i < some; i++) {
                all.remove(all.size() - 1).close();
            }
        }
        return () -> {
            for (FileChannel channel : all) {
                channel.close();
            }
        };
    }

    private static Fault leavingRoom(Path filler, int some) throws IOException {
        long free = Files.getFileStore(filler.getParent()).getUsableSpace();
        Files.write(filler, new byte[Math.toIntExact(free - (long) some * PIECE)]);
        return () -> Files.delete(filler);
    }

    private static Fault leavingSize(int some) throws IOException {
        limitFileSize(Integer.toString(some * PIECE));
        return () -> limitFileSize("unlimited");
    }

    /** Sets the limit that can be raised again. */
    private static void limitFileSize(String bytes) throws IOException {
        String process = Long.toString(ProcessHandle.current().pid());
        Process limiting = new ProcessBuilder("prlimit", "--pid", process, "--fsize=" + bytes + ":unlimited").start();
        limiting.onExit().join();
        assertThat(limiting.exitValue()).isZero();
    }
}
