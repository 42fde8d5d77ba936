package org.pgrewind4j.examples.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.testserver.ServerRelease;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares whole rewinds with {@code pg_rewind}'s, on equal copies and in turn. */
@Command(
        name = "rewind-comparison",
        description = {
            "Compares rewinds with pg_rewind's, with fsync, on equal copies and in turn.",
            "The standard scenario is a pgbench database of scale 50; a checkpoint; 20,000 transactions of each of 4"
                    + " clients; a failover; 5,000 of each of 4 on the old primary, 500 of each of 2 on the new one.",
            "Before anything is timed, each one's result is started as a standby and compared with its source page by"
                    + " page. Data directories are made once and kept."
        })
final class RewindComparison implements Callable<Integer> {

    private static final String REWIND = "pg_rewind";
    private static final String WARM = "ours, in a warm JVM";
    private static final String IN_PLACE = "ours, warm, in place";
    private static final String FRESH = "ours, as a command";

    /** One rewind does not live long enough for the optimizing compiler to earn back its time. */
    private static final List<String> SHORT_LIFE = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    @Mixin
    private ComparisonOptions options = new ComparisonOptions();

    @Option(
            names = "--scale",
            description = "Size of the scenario: 1 is the standard one. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    private double scale;

    @Option(
            names = "--relations",
            description = "That many more relations, of three files each, which nothing changes. Default: 0.")
    private int relations;

    @Option(
            names = "--grow",
            description = "Repeats all with something grown to each of the factors: ${COMPLETION-CANDIDATES}.")
    private RewindScenario.@Nullable Growth growth;

    @Option(
            names = "--factors",
            split = ",",
            description = "Factors of --grow. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1,4,16")
    private List<Integer> factors = List.of();

    @Option(
            names = "--warm-up",
            description = "How many rewinds warm the JVM up before. Default: ${DEFAULT-VALUE}.",
            defaultValue = "5")
    private int warmUp;

    @Option(names = "--in-place", description = "Also rewind without staging changed blocks, in the warm JVM.")
    private boolean inPlace;

    @Option(
            names = "--drop-in",
            paramLabel = "DIRECTORY",
            description = "The folder of the command that stands in for pg_rewind. Default: none, just a new JVM.")
    private @Nullable Path dropIn;

    @Option(
            names = "--live",
            description = "Rewind from a server that runs on the source, on this machine, instead of from its files.")
    private boolean live;

    @Option(
            names = "--round-trip",
            paramLabel = "MILLIS",
            description =
                    "With --live: go through a proxy that counts, and on which a byte to the server and back takes"
                            + " that long. Default: no proxy.")
    private @Nullable Integer roundTrip;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Compares and ends the JVM with an exit status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new RewindComparison()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        RewindScenario base = RewindScenario.standard(scale).withRelations(relations);
        if (growth == null) {
            compare(base);
            return 0;
        }
        for (int factor : factors) {
            spec.commandLine().getOut().printf(Locale.ROOT, "%n%s x %d%n", growth, factor);
            compare(growth.apply(base, factor));
        }
        return 0;
    }

    private void compare(RewindScenario scenario) throws IOException, InterruptedException {
        ServerRelease release = options.release();
        DivergedPair pair = DivergedPair.of(scenario, release, options.folder());
        Path target = options.folder().toAbsolutePath().resolve("work").resolve("target");
        try (RewindSource source = source(pair, release)) {
            List<String> original = rewind(options.tools(), target, source);
            List<String> fresh = command(target, source);
            Contest<RunCost> contest = new Contest<>();
            Map<String, SlowNetwork.Traffic> traffic = new LinkedHashMap<>();
            contest.add(REWIND, () -> restored(pair, target, () -> MeasuredProcess.run(original)));
            contest.add(WARM, () -> restored(pair, target, () -> inThisJvm(target, source, CopyMode.STAGED)));
            if (inPlace) {
                contest.add(IN_PLACE, () -> restored(pair, target, () -> inThisJvm(target, source, CopyMode.IN_PLACE)));
            }
            contest.add(FRESH, () -> restored(pair, target, () -> MeasuredProcess.run(fresh)));
            for (String name : contest.names()) {
                SlowNetwork.Traffic before = source.traffic();
                contest.runUnmeasured(name);
                traffic.put(name, source.traffic().since(before));
                source.check(target);
            }
            for (int i = 1; i < warmUp; i++) {
                contest.runUnmeasured(WARM);
            }
            contest.run(options.rounds());
            print(contest, scenario);
            if (roundTrip != null) {
                print(traffic);
            }
        }
    }

    private RewindSource source(DivergedPair pair, ServerRelease release) throws IOException, InterruptedException {
        Path copy = options.folder().toAbsolutePath().resolve("work").resolve("source");
        return live
                ? RewindSource.server(
                        pair.source(), copy, release, roundTrip == null ? null : Duration.ofMillis(roundTrip))
                : RewindSource.directory(pair.source(), copy, release);
    }

    private static List<String> rewind(Oracle tools, Path target, RewindSource source) {
        return tools.command("pg_rewind", "--target-pgdata=" + target, source.option());
    }

    private List<String> command(Path target, RewindSource source) {
        return dropIn != null
                ? rewind(Oracle.in(dropIn.toAbsolutePath()), target, source)
                : FreshJvm.command(RewindOnce.class, SHORT_LIFE, List.of(target.toString(), source.option()));
    }

    private static RunCost restored(DivergedPair pair, Path target, Contest.Contender<RunCost> contender)
            throws IOException, InterruptedException {
        PristineCopy.restore(pair.target(), target);
        return contender.run();
    }

    private static RunCost inThisJvm(Path target, RewindSource source, CopyMode mode) throws IOException {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        double written = MeasuredProcess.writtenBytes();
        long cpu = system.getProcessCpuTime();
        long begin = System.nanoTime();
        RewindOnce.rewind(target, source.option(), mode);
        double seconds = Stopwatch.seconds(begin);
        double cpuSeconds = (system.getProcessCpuTime() - cpu) / 1e9;
        return new RunCost(seconds, cpuSeconds, MeasuredProcess.writtenBytes() - written, Double.NaN);
    }

    private void print(Contest<RunCost> contest, RewindScenario scenario) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, "%n%s, %d rounds%n", scenario, options.rounds());
        out.printf(
                "%-22s %8s %17s %6s | %7s %6s | %8s %6s | %8s %6s%n",
                "", "seconds", "least - greatest", "ratio", "CPU s", "ratio", "MB", "ratio", "peak MB", "ratio");
        for (String name : contest.names()) {
            Series seconds = contest.series(name, RunCost::seconds);
            out.printf(
                    Locale.ROOT,
                    "%-22s %8.2f %8.2f - %6.2f %6.2f | %7.2f %6.2f | %8.1f %6.2f | %8.0f %6.2f%n",
                    name,
                    seconds.median(),
                    seconds.least(),
                    seconds.greatest(),
                    ratio(contest, name, RunCost::seconds),
                    contest.series(name, RunCost::cpuSeconds).median(),
                    ratio(contest, name, RunCost::cpuSeconds),
                    contest.series(name, RunCost::writtenBytes).median() / 1e6,
                    ratio(contest, name, RunCost::writtenBytes),
                    contest.series(name, RunCost::peakBytes).median() / 1e6,
                    ratio(contest, name, RunCost::peakBytes));
        }
        out.flush();
    }

    private void print(Map<String, SlowNetwork.Traffic> traffic) {
        PrintWriter out = spec.commandLine().getOut();
        traffic.forEach((name, passed) -> out.printf(
                Locale.ROOT,
                "%-22s %8.1f MB received, %d round trips, %d connections%n",
                name,
                passed.receivedBytes() / 1e6,
                passed.turns(),
                passed.connections()));
        out.flush();
    }

    private static double ratio(Contest<RunCost> contest, String name, ToDoubleFunction<RunCost> quantity) {
        return contest.series(name, quantity)
                .per(contest.series(REWIND, quantity))
                .median();
    }
}
