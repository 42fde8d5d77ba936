package org.pgrewind4j.examples.bench;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.live.LiveServerTransport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares how fast blocks come from a running server with {@code pg_rewind}'s speed, by the number of connections. */
@Command(
        name = "fetch-comparison",
        description = {
            "Compares how fast blocks come from a running server with pg_rewind's speed, in turn.",
            "pg_rewind --dry-run fetches all that it would copy, and throws it away; its fetching alone is timed. Ours"
                    + " fetches the same blocks and files, and throws them away.",
            "The data directories are those of rewind-comparison."
        })
final class FetchComparison implements Callable<Integer> {

    private static final String REWIND = "pg_rewind";
    private static final Pattern COPIED = Pattern.compile("(\\d+)/\\d+ kB \\(100%\\) copied");
    private static final Pattern MAIN_FORK = Pattern.compile("(base/\\d+|global)/\\d+(\\.\\d+)?");
    private static final int WARM_UP = 3;

    @Mixin
    private ComparisonOptions options = new ComparisonOptions();

    @Option(
            names = "--scale",
            description = "Size of the scenario: 1 is the standard one. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    private double scale;

    @Option(
            names = "--connections",
            split = ",",
            description = "Numbers of connections to try. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1,2,4,8")
    private List<Integer> connections = List.of();

    @Option(
            names = "--round-trip",
            paramLabel = "MILLIS",
            description =
                    "Go through a proxy on which a byte to the server and back takes that long. Default: no proxy.")
    private @Nullable Integer roundTrip;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Compares and ends the JVM with an exit status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new FetchComparison()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ServerRelease release = options.release();
        DivergedPair pair = DivergedPair.of(RewindScenario.standard(scale), release, options.folder());
        Path work = options.folder().toAbsolutePath().resolve("work");
        PristineCopy.restore(pair.target(), work.resolve("target"));
        try (RewindSource source = RewindSource.server(
                pair.source(),
                work.resolve("source"),
                release,
                roundTrip == null ? null : Duration.ofMillis(roundTrip))) {
            compare(work.resolve("target"), source);
        }
        return 0;
    }

    private void compare(Path target, RewindSource source) throws IOException, InterruptedException {
        List<String> rewind = options.tools()
                .command("pg_rewind", "--dry-run", "--progress", "--target-pgdata=" + target, source.option());
        double copied = copied(rewind);
        try (OpenServers servers = new OpenServers(source)) {
            List<FileRange> ranges = ranges(target, servers.open(1));
            double wanted = ranges.stream().mapToLong(FileRange::length).sum() / 1e6;
            Contest<Double> contest = new Contest<>();
            contest.add(REWIND, () -> copied / Stopwatch.between(rewind, "need to copy", "creating backup label"));
            for (int count : connections) {
                LiveServerTransport server = servers.open(count);
                contest.add("ours, " + count + " connections", () -> wanted / fetch(server, ranges));
            }
            for (int i = 0; i < WARM_UP; i++) {
                for (String name : contest.names()) {
                    contest.runUnmeasured(name);
                }
            }
            contest.run(options.rounds());
            print(contest, copied, wanted);
        }
    }

    /** One source over several numbers of connections, which stay open from one round to the next. */
    private static final class OpenServers implements Closeable {
        private final RewindSource source;
        private final List<LiveServerTransport> opened = new ArrayList<>();

        OpenServers(RewindSource source) {
            this.source = source;
        }

        LiveServerTransport open(int connections) throws IOException {
            LiveServerTransport server =
                    RewindOnce.server(source.option()).connections(connections).open();
            opened.add(server);
            return server;
        }

        @Override
        public void close() {
            opened.forEach(LiveServerTransport::close);
        }
    }

    private static double copied(List<String> rewind) throws IOException, InterruptedException {
        Matcher matcher = COPIED.matcher(Stopwatch.output(rewind));
        if (!matcher.find()) {
            throw new IOException("pg_rewind does not say how much it copied");
        }
        return Long.parseLong(matcher.group(1)) * 1024 / 1e6;
    }

    /** The blocks that pg_rewind's rule selects, and all files that it copies whole. */
    private static List<FileRange> ranges(Path target, LiveServerTransport source) throws IOException {
        List<FileRange> ranges = new ArrayList<>();
        Rewind.of(target)
                .from(source)
                .blockSelection(BlockSelection.SINCE_CHECKPOINT)
                .plan()
                .actions()
                .forEach(action -> {
                    if (action instanceof FileAction.CopyRanges copy) {
                        ranges.addAll(copy.ranges());
                    }
                });
        source.list(Set.of(), file -> {
            if (file.type() == SourceFile.Type.FILE
                    && !MAIN_FORK.matcher(file.path().toString()).matches()) {
                ranges.add(new FileRange(file.path(), 0, file.size()));
            }
        });
        return ranges;
    }

    private static double fetch(LiveServerTransport source, List<FileRange> ranges) throws IOException {
        long begin = System.nanoTime();
        source.fetch(ranges, new Nowhere());
        return Stopwatch.seconds(begin);
    }

    private static final class Nowhere implements RangeReceiver {
        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) {}

        @Override
        public void end(int range, long delivered) {}

        @Override
        public void vanished(int range) {}
    }

    private void print(Contest<Double> contest, double copied, double wanted) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%nscale %s, %d rounds, pg_rewind %.0f MB, ours %.0f MB%n",
                scale,
                options.rounds(),
                copied,
                wanted);
        out.printf("%-22s %8s %17s %6s%n", "", "MB/s", "least - greatest", "ratio");
        Series original = contest.series(REWIND, speed -> speed);
        for (String name : contest.names()) {
            Series speeds = contest.series(name, speed -> speed);
            out.printf(
                    Locale.ROOT,
                    "%-22s %8.0f %8.0f - %6.0f %6.2f%n",
                    name,
                    speeds.median(),
                    speeds.least(),
                    speeds.greatest(),
                    speeds.per(original).median());
        }
        out.flush();
    }
}
