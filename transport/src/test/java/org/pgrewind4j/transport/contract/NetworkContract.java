package org.pgrewind4j.transport.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.Transport;

/** The clauses on round trips and on time limits, which a source on this machine cannot break. */
interface NetworkContract extends SourceUnderTest {

    /** Files in the larger one of two folders. */
    int MANY = 400;

    /** How many files a batch of a fetch or a comparison has at least, if it is to count as a large one. */
    int BATCH = 20;

    private long roundTrips(Network network, ThrowingCallable call) {
        long before = network.roundTrips();
        try {
            call.call();
        } catch (Throwable e) {
            throw new AssertionError("the call failed", e);
        }
        return network.roundTrips() - before;
    }

    @Test
    default void aListingCostsNoMoreRoundTripsForMoreFiles() throws IOException {
        Optional<Network> between = network();
        if (between.isEmpty()) {
            return;
        }
        try (Network network = between.get();
                Transport transport = network.open()) {
            write("few/file", "1");
            transport.list(Set.of(), file -> {});
            long few = roundTrips(network, () -> transport.list(Set.of(), file -> {}));
            for (int i = 0; i < MANY; i++) {
                write("many/" + i % 20 + "/" + i, "1");
            }
            assertThat(roundTrips(network, () -> transport.list(Set.of(), file -> {})))
                    .isLessThanOrEqualTo(few);
        }
    }

    @Test
    default void manyFilesAreReadInBatches(@TempDir Path local) throws IOException {
        Optional<Network> between = network();
        if (between.isEmpty()) {
            return;
        }
        List<FileRange> ranges = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            ranges.add(new FileRange(write("many/" + i, "content"), 0, 7));
        }
        try (Network network = between.get();
                Transport transport = network.open()) {
            List<FileRange> one = ranges.subList(0, 1);
            Recorder.fetch(transport, one);
            transport.different(one, local);
            long fetched = roundTrips(network, () -> Recorder.fetch(transport, one));
            long compared = roundTrips(network, () -> transport.different(one, local));

            assertThat(roundTrips(network, () -> Recorder.fetch(transport, ranges)))
                    .isLessThanOrEqualTo(fetched + MANY / BATCH);
            assertThat(roundTrips(network, () -> transport.different(ranges, local)))
                    .isLessThanOrEqualTo(compared + MANY / BATCH);
        }
    }

    @Test
    default void noCallWaitsForeverForASourceThatIsSilent(@TempDir Path local) throws IOException {
        Optional<Network> between = network();
        if (between.isEmpty()) {
            return;
        }
        DataPath path = write("file", "content");
        List<FileRange> ranges = List.of(new FileRange(path, 0, 7));
        try (Network network = between.get();
                Transport transport = network.open()) {
            assertThat(transport.read(path, 10)).hasSize(7);
            network.silence();
            List<ThrowingCallable> calls = List.of(
                    () -> transport.list(Set.of(), file -> {}),
                    () -> transport.read(path, 10),
                    () -> transport.fetch(ranges, new Recorder(ranges)),
                    () -> transport.different(ranges, local),
                    transport::replayEnd);
            assertAllFail(calls);
        }
    }

    private void assertAllFail(List<ThrowingCallable> calls) {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<Future<Throwable>> failures = calls.stream()
                    .map(call -> threads.submit(() -> catchThrowable(call)))
                    .toList();
            for (Future<Throwable> failure : failures) {
                assertThat(failure)
                        .succeedsWithin(patience())
                        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                        .isInstanceOf(IOException.class);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
