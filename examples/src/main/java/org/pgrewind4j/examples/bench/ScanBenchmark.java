package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/** How long the scan of a rewind takes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class ScanBenchmark {

    /** What the WAL consists of. */
    @Param
    public WalKind kind = WalKind.SMALL_RECORDS;

    /** How many threads read. */
    @Param({"1", "2"})
    public int threads;

    /** How much WAL to read. */
    @Param("256")
    public int megabytes;

    /** Where WAL is made and kept. */
    @Param("target/bench")
    public String folder = "";

    private @Nullable BenchWal wal;

    /** Makes the WAL, or finds that of an earlier run. */
    @Setup
    public void findWal() throws IOException {
        wal = BenchWal.of(kind, ServerRelease.of("17"), Path.of(folder), megabytes);
    }

    /** From the divergence to the end. */
    @Benchmark
    public ChangedBlocks scan() throws IOException {
        return Objects.requireNonNull(wal).scan(threads);
    }
}
