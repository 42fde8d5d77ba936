package org.pgrewind4j.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.wal.scan.ChangedBlocks;
import picocli.CommandLine;

/** The benchmarks work; nothing is timed here. */
class BenchmarksTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void scansWalOfEachKindAndKeepsItForTheNextRun(WalKind kind) throws IOException {
        ScanBenchmark benchmark = new ScanBenchmark();
        benchmark.kind = kind;
        benchmark.megabytes = 2;
        benchmark.threads = 2;
        benchmark.folder = folder.toString();
        benchmark.findWal();
        ChangedBlocks changed = benchmark.scan();
        assertThat(changed.after().isEmpty()).isFalse();
        assertThat(changed.bytes()).isGreaterThan(2_000_000);

        benchmark.findWal();
        assertThat(benchmark.scan()).isEqualTo(changed);
    }

    @Test
    void comparesTheScanWithPostgresqlsTools() {
        Oracle.require();
        StringWriter out = new StringWriter();
        int status = new CommandLine(new ScanComparison())
                .setOut(new PrintWriter(out))
                .execute("--folder=" + folder, "--megabytes=2", "--rounds=1");
        assertThat(status).isZero();
        List<String> contenders = List.of("cat", "pg_waldump", "pg_rewind", "ours, 1 thread", "ours, first in its JVM");
        for (String contender : contenders) {
            assertThat(out.toString().lines().filter(line -> line.startsWith(contender + " ")))
                    .hasSize(2)
                    .allMatch(line -> line.matches(".* [0-9.]+ +[0-9.]+ - +[0-9.]+ +[0-9]+ +[0-9.]+"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--grow=RETAINED_WAL --factors=2", "--relations=20 --live --round-trip=2"})
    void comparesRewindsWithPostgresqls(String options) {
        Oracle.require();
        StringWriter out = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of("--folder=" + folder, "--scale=0.002"));
        arguments.addAll(List.of("--rounds=1", "--warm-up=1"));
        arguments.addAll(List.of(options.split(" ", -1)));
        int status = new CommandLine(new RewindComparison())
                .setOut(new PrintWriter(out))
                .execute(arguments.toArray(String[]::new));
        assertThat(status).isZero();
        for (String contender : List.of("pg_rewind", "ours, in a warm JVM", "ours, as a command")) {
            assertThat(out.toString().lines().filter(line -> line.startsWith(contender + " ")))
                    .filteredOn(line -> !line.endsWith(" connections"))
                    .hasSize(1)
                    .allMatch(line -> line.matches(".* [0-9.]+ - +[0-9.]+ +[0-9.]+ [| 0-9.Na]+"));
        }
        assertThat(out.toString()
                        .lines()
                        .filter(line -> line.matches(".*[1-9]\\d* round trips, [1-9]\\d* connections")))
                .hasSize(options.contains("--round-trip") ? 3 : 0);
    }

    @Test
    void comparesFetchingWithPostgresqls() {
        Oracle.require();
        StringWriter out = new StringWriter();
        int status = new CommandLine(new FetchComparison())
                .setOut(new PrintWriter(out))
                .execute("--folder=" + folder, "--scale=0.002", "--rounds=1", "--connections=1,2");
        assertThat(status).isZero();
        for (String contender : List.of("pg_rewind", "ours, 1 connections", "ours, 2 connections")) {
            assertThat(out.toString().lines().filter(line -> line.startsWith(contender + " ")))
                    .hasSize(1)
                    .allMatch(line -> line.matches(".* [0-9]+ - +[0-9]+ +[0-9.]+"));
        }
    }

    @Test
    void scansMoreWalThanItsHeapHolds() {
        StringWriter out = new StringWriter();
        int status =
                new CommandLine(new ScanMemory()).setOut(new PrintWriter(out)).execute("--megabytes=64", "--heap=24m");
        assertThat(status).isZero();
        assertThat(out.toString())
                .startsWith("in a heap of 24m: 63 MB, " + 4 * EndlessWal.recordsPerSegment() + " records, ");
    }

    @Test
    void drawsTheSameSetsForEachRun() {
        BlockSetBenchmark benchmark = new BlockSetBenchmark();
        benchmark.relations = 3;
        benchmark.blocks = 100;
        benchmark.draw();
        assertThat(Stream.of(benchmark.minus(), benchmark.union())).doesNotHaveDuplicates();
        assertThat(benchmark.union().relations()).hasSize(3);
    }

    @Test
    void findsTheDivergenceOfLongHistories() {
        HistoryBenchmark benchmark = new HistoryBenchmark();
        benchmark.failovers = 5;
        benchmark.make();
        assertThat(benchmark.diverge()).isPresent();
        assertThat(benchmark.parse().spans()).hasSize(7);
    }
}
