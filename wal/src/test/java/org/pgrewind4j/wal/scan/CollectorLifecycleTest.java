package org.pgrewind4j.wal.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentSource;

/** However collecting ends, no thread and no open segment of it is left. */
class CollectorLifecycleTest {

    private static final int SEGMENT = 1 << 20;
    private static final int SEGMENTS = 40;
    private static final TimelineId TIMELINE = new TimelineId(1);
    private static final Lsn START = Lsn.parse("0/100000");

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();

    @AfterEach
    void nothingIsLeft() {
        assertThat(open).hasValue(0);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain(ParallelScan.THREAD_NAME);
    }

    private ChangedBlockCollector collector(WalSegmentSource source, int threads) {
        return ChangedBlockCollector.of(source, PostgresVersion.V17, SEGMENT, TimelineHistory.ofSingle(TIMELINE))
                .redo(START)
                .rangeSize(SEGMENT)
                .threads(threads);
    }

    private static MemoryWal wal() {
        WalBuilder builder = new WalBuilder(PostgresVersion.V17, TIMELINE, SEGMENT, START);
        for (int i = 0; i < SEGMENTS; i++) {
            builder.add(10, 0, WalBuilder.mainData(SEGMENT / 2)).switchSegment();
        }
        return builder.build();
    }

    /** What happens at each read. */
    private interface Hook {
        void run(int read) throws IOException;
    }

    private WalSegmentSource watched(Hook hook) {
        MemoryWal wal = wal();
        return name -> {
            Optional<WalSegment> segment = wal.open(name);
            segment.ifPresent(found -> open.incrementAndGet());
            return segment.map(found -> new WalSegment() {
                @Override
                public int read(ByteBuffer target, long position) throws IOException {
                    hook.run(reads.incrementAndGet());
                    return found.read(target, position);
                }

                @Override
                public void close() {
                    open.decrementAndGet();
                }
            });
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void tellsProgressInTheCallersThreadUpToTheEnd(int threads) throws IOException {
        List<Long> progress = new ArrayList<>();
        Thread caller = Thread.currentThread();
        ChangedBlocks changed = collector(watched(read -> {}), threads)
                .progress(bytes -> {
                    assertThat(Thread.currentThread()).isSameAs(caller);
                    progress.add(bytes);
                })
                .collect();
        assertThat(progress).isSorted().hasSizeGreaterThan(SEGMENTS / 2);
        assertThat(progress.get(progress.size() - 1)).isEqualTo(changed.bytes()).isEqualTo((long) SEGMENTS * SEGMENT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void endsWithWhatTheProgressListenerThrows(int threads) {
        ChangedBlockCollector collector = collector(watched(read -> {}), threads)
                .progress(bytes -> {
                    throw new IllegalStateException("cancelled");
                });
        assertThatThrownBy(collector::collect)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cancelled");
        assertThat(reads.get()).isLessThan(SEGMENTS * 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void endsWithTheSourcesError(int threads) {
        WalSegmentSource source = watched(read -> {
            if (read > 20) {
                throw new IOException("the disk is gone");
            }
        });
        assertThatThrownBy(collector(source, threads)::collect)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("could not read WAL segment 0000000100000000000000")
                .hasRootCauseMessage("the disk is gone");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void endsOnAnInterruptAndKeepsTheThreadInterrupted(int threads) throws InterruptedException {
        CountDownLatch isReading = new CountDownLatch(20);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> isInterrupted = new AtomicReference<>();
        // Slow enough that the interrupt comes in the middle.
        WalSegmentSource source = watched(read -> {
            isReading.countDown();
            if (read > 20) {
                LockSupport.parkNanos(20_000_000);
            }
        });
        Thread caller = new Thread(() -> {
            thrown.set(catchThrowable(collector(source, threads)::collect));
            isInterrupted.set(Thread.currentThread().isInterrupted());
        });
        caller.start();
        isReading.await();
        caller.interrupt();
        caller.join();
        assertThat(thrown.get()).isInstanceOf(IOException.class);
        assertThat(Throwables.getRootCause(thrown.get()))
                .isInstanceOf(InterruptedIOException.class)
                .hasMessage("interrupted");
        assertThat(isInterrupted.get()).isTrue();
        assertThat(reads.get()).isLessThan(SEGMENTS * 4);
    }
}
