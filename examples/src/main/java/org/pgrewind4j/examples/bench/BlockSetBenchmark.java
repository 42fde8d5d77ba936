package org.pgrewind4j.examples.bench;

import java.util.Random;
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
import org.openjdk.jmh.infra.Blackhole;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.scan.BlockSet;

/** What a planner does with sets of blocks. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class BlockSetBenchmark {

    private static final int BLOCKS_PER_RELATION = 1 << 17;

    /** How many relations have blocks in the sets, each a file of 1 GB. */
    @Param({"1", "100"})
    public int relations;

    /** How many blocks of each. */
    @Param({"10", "10000"})
    public int blocks;

    private BlockSet after = BlockSet.of();
    private BlockSet rebuilt = BlockSet.of();

    /** Draws two sets. */
    @Setup
    public void draw() {
        Random random = new Random(5);
        after = draw(random);
        rebuilt = draw(random);
    }

    private BlockSet draw(Random random) {
        BlockSet.Builder builder = BlockSet.builder();
        for (int relation = 0; relation < relations; relation++) {
            RelFileLocator locator = new RelFileLocator(1663, 5, 16384 + relation);
            for (int i = 0; i < blocks; i++) {
                builder.add(locator, random.nextInt(BLOCKS_PER_RELATION));
            }
        }
        return builder.build();
    }

    /** The set to copy. */
    @Benchmark
    public BlockSet minus() {
        return after.minus(rebuilt);
    }

    /** The set to copy by the other rule. */
    @Benchmark
    public BlockSet union() {
        return after.union(rebuilt);
    }

    /** Ranges to copy. */
    @Benchmark
    public void ranges(Blackhole sink) {
        for (RelFileLocator relation : after.relations()) {
            after.forEachRange(relation, (first, end) -> sink.consume(end - first));
        }
    }
}
