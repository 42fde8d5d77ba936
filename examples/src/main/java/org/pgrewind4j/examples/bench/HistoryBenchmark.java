package org.pgrewind4j.examples.bench;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.DivergenceFinder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;

/** Timeline histories, which grow with every failover that a cluster has seen. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class HistoryBenchmark {

    /** How many failovers both clusters share. */
    @Param({"3", "1000"})
    public int failovers;

    private TimelineHistory target = TimelineHistory.ofSingle(new TimelineId(1));
    private TimelineHistory source = target;
    private String text = "";

    /** Makes two histories that part at the end. */
    @Setup
    public void make() {
        TimelineHistory shared = TimelineHistory.ofSingle(new TimelineId(1));
        for (int i = 1; i <= failovers; i++) {
            shared = shared.switchTo(new TimelineId(i + 1), new Lsn(i * 0x100_0000L), "no recovery target specified");
        }
        Lsn end = new Lsn((failovers + 1) * 0x100_0000L);
        target = shared.switchTo(new TimelineId(failovers + 2), end.plus(0x100), "");
        source = shared.switchTo(new TimelineId(failovers + 3), end, "");
        text = source.format();
    }

    /** Reads a history file. */
    @Benchmark
    public TimelineHistory parse() {
        return TimelineHistory.parse(source.timeline(), text);
    }

    /** Finds where two histories part. */
    @Benchmark
    public Optional<Divergence> diverge() {
        return DivergenceFinder.find(target, source);
    }
}
