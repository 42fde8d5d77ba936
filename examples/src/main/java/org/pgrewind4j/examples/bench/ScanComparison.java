package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.testserver.ServerRelease;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Compares the scan of a rewind with {@code pg_rewind}'s, on the same WAL and in turn. Of {@code pg_rewind --dry-run}
 * only the scan is timed, between two of its progress lines.
 */
@Command(
        name = "scan-comparison",
        description = {
            "Compares the speed of the WAL scan with that of PostgreSQL's tools, on the same WAL and in turn:",
            "pg_rewind's forward scan, pg_waldump --quiet, and cat as the limit.",
            "The files are in the page cache. Times are medians of the rounds; ratios are medians of each round's ratio."
        })
final class ScanComparison implements Callable<Integer> {

    private static final int WARM_UP = 6;
    private static final String REWIND = "pg_rewind";

    @Mixin
    private ComparisonOptions options = new ComparisonOptions();

    @Option(names = "--megabytes", description = "How much WAL. Default: ${DEFAULT-VALUE}.", defaultValue = "500")
    private int megabytes;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Compares and ends the JVM with an exit status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ScanComparison()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Oracle tools = options.tools();
        ServerRelease release = options.release();
        for (WalKind kind : WalKind.values()) {
            BenchWal wal = BenchWal.of(kind, release, options.folder(), megabytes);
            long records = 0;
            for (int i = 0; i < WARM_UP; i++) {
                records = wal.scan(1).records();
                wal.scan(2);
            }
            out.printf(
                    Locale.ROOT,
                    "%n%s: %d MB, %d records of %d bytes on average%n",
                    kind,
                    wal.bytes() / 1_000_000,
                    records,
                    wal.bytes() / records);
            Contest<Double> contest = contest(tools, wal);
            contest.run(options.rounds());
            print(out, wal, contest);
        }
        return 0;
    }

    private static Contest<Double> contest(Oracle tools, BenchWal wal) {
        Contest<Double> contest = new Contest<>();
        List<String> cat = Stream.concat(
                        Stream.of("cat"), wal.segments().stream().map(Path::toString))
                .toList();
        contest.add("cat", () -> Stopwatch.run(cat));
        List<String> waldump =
                tools.command("pg_waldump", "--quiet", "--path=" + wal.walDirectory(), "--start=" + wal.divergence());
        contest.add("pg_waldump", () -> Stopwatch.run(waldump));
        List<String> rewind = tools.command(
                "pg_rewind",
                "--dry-run",
                "--progress",
                "--target-pgdata=" + wal.target(),
                "--source-pgdata=" + wal.source());
        contest.add(REWIND, () -> Stopwatch.between(rewind, "reading WAL in target", "need to copy"));
        for (int threads = 1; threads <= Runtime.getRuntime().availableProcessors(); threads *= 2) {
            int count = threads;
            contest.add("ours, " + count + (count == 1 ? " thread" : " threads"), () -> {
                long begin = System.nanoTime();
                wal.scan(count);
                return Stopwatch.seconds(begin);
            });
        }
        contest.add("ours, first in its JVM", () -> ColdScan.seconds(wal));
        return contest;
    }

    private static void print(PrintWriter out, BenchWal wal, Contest<Double> contest) {
        Series rewind = contest.series(REWIND, seconds -> seconds);
        out.printf("%-24s %9s %17s %8s %12s%n", "", "seconds", "least - greatest", "MB/s", "x pg_rewind");
        for (String name : contest.names()) {
            Series seconds = contest.series(name, value -> value);
            out.printf(
                    Locale.ROOT,
                    "%-24s %9.3f %8.3f - %6.3f %8.0f %12.2f%n",
                    name,
                    seconds.median(),
                    seconds.least(),
                    seconds.greatest(),
                    wal.bytes() / 1e6 / seconds.median(),
                    rewind.per(seconds).median());
        }
        out.flush();
    }
}
