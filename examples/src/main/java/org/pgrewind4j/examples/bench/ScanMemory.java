package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.wal.scan.ChangedBlockCollector;
import org.pgrewind4j.wal.scan.ChangedBlocks;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Scans very much WAL in a JVM with very little memory. */
@Command(
        name = "scan-memory",
        description = {
            "Shows that the WAL scan needs little memory however much WAL there is: scans much of it in a JVM of its own",
            "with a small heap. The WAL is made while it is read, which takes most of the time; its records of about 100"
                    + " bytes name 100 relations."
        })
final class ScanMemory implements Callable<Integer> {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this text.")
    @SuppressWarnings("unused") // It is read where it is parsed.
    private boolean help;

    @Option(names = "--megabytes", description = "How much WAL. Default: ${DEFAULT-VALUE}.", defaultValue = "16384")
    private int megabytes;

    @Option(names = "--heap", description = "The JVM's greatest heap. Default: ${DEFAULT-VALUE}.", defaultValue = "64m")
    private String heap = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Scans in another JVM and ends this one with an exit status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ScanMemory()).execute(args));
    }

    /** What runs in the other JVM; the argument is the number of segments. */
    static final class Scan {
        private Scan() {}

        /** Scans and prints what was found. */
        public static void main(String[] args) throws IOException {
            int segments = Integer.parseInt(args[0]);
            long begin = System.nanoTime();
            ChangedBlocks changed = scan(segments);
            System.out.printf(
                    Locale.ROOT,
                    "%d MB, %d records, %d blocks changed, %.1f s%n",
                    changed.bytes() >> 20,
                    changed.records(),
                    changed.after().size(),
                    Stopwatch.seconds(begin));
        }
    }

    static ChangedBlocks scan(int segments) throws IOException {
        return ChangedBlockCollector.of(
                        new EndlessWal(segments),
                        EndlessWal.VERSION,
                        EndlessWal.SEGMENT_SIZE,
                        TimelineHistory.ofSingle(EndlessWal.TIMELINE))
                .redo(EndlessWal.begin())
                .collect();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        int segments = Math.max(1, (int) (((long) megabytes << 20) / EndlessWal.SEGMENT_SIZE));
        List<String> command =
                FreshJvm.command(Scan.class, List.of("-Xmx" + heap), List.of(Integer.toString(segments)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String found = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        PrintWriter out = spec.commandLine().getOut();
        out.printf("in a heap of %s: %s", heap, found);
        out.flush();
        return process.waitFor();
    }
}
