package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.control.ControlFile;

/** Scans once and prints how many seconds that took: for a new JVM, whose start does not count. */
final class ColdScan {

    private ColdScan() {}

    /** Scans the data directory that is the first argument, from the divergence that is the second. */
    public static void main(String[] args) throws IOException {
        Path target = Path.of(args[0]);
        long begin = System.nanoTime();
        ControlFile control =
                ControlFile.parse(Files.readAllBytes(target.resolve("global").resolve("pg_control")));
        new BenchWal(target, target, control, Lsn.parse(args[1]))
                .scan(Runtime.getRuntime().availableProcessors());
        System.out.printf(Locale.ROOT, "%.3f%n", Stopwatch.seconds(begin));
    }

    /**
     * Does so in a new JVM.
     *
     * @return what that printed
     */
    static double seconds(BenchWal wal) throws IOException, InterruptedException {
        List<String> arguments =
                List.of(wal.target().toString(), wal.divergence().toString());
        Process process = new ProcessBuilder(FreshJvm.command(ColdScan.class, List.of(), arguments))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String seconds = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("a scan in a new JVM failed");
        }
        return Double.parseDouble(seconds.trim());
    }
}
