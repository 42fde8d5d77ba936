package org.pgrewind4j.wal.scan;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.pgrewind4j.wal.framing.WalCursor;

/**
 * Reads ranges of WAL in several threads, a few ranges ahead, and puts them together in the caller's thread in their
 * order. Where WAL ends shows only then: what was read ahead of the end is dropped.
 */
final class ParallelScan {

    static final String THREAD_NAME = "wal-scan";

    /** Ranges that are read or wait to be put together, for each thread: enough that no thread has to wait. */
    private static final int AHEAD = 2;

    private final RangeReader task;
    private final int threads;

    /** A cursor has buffers, so it is used again; one that lies here has no open segment. */
    private final Queue<WalCursor> idleCursors = new ConcurrentLinkedQueue<>();

    private final List<Thread> workerThreads = new CopyOnWriteArrayList<>();

    private final Deque<Future<ScannedRange>> ranges = new ArrayDeque<>();

    ParallelScan(RangeReader task, int threads) {
        this.task = task;
        this.threads = threads;
    }

    ChangedBlocks run(LongConsumer progress) throws IOException {
        ExecutorService workers = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, THREAD_NAME);
            thread.setDaemon(true);
            workerThreads.add(thread);
            return thread;
        });
        try {
            RangeMerger scan = new RangeMerger(this::readBehind, task.redo(), progress);
            long from = task.redo().value();
            while (scan.end() == null) {
                while (ranges.size() < AHEAD * threads
                        && Long.compareUnsigned(from, task.limit().value()) < 0) {
                    from = submit(workers, from);
                }
                scan.add(await(ranges.remove()));
            }
            return scan.result();
        } finally {
            end(workers);
        }
    }

    private long submit(ExecutorService workers, long from) {
        long until = task.rangeEnd(from);
        ranges.add(workers.submit(() -> {
            WalCursor cursor = takeCursor();
            try (cursor) {
                return task.read(cursor, from, until);
            } finally {
                idleCursors.add(cursor);
            }
        }));
        return until;
    }

    private ScannedRange readBehind(long record, long until) throws IOException {
        try (WalCursor cursor = task.newCursor()) {
            return task.readBehind(cursor, record, until);
        }
    }

    private WalCursor takeCursor() {
        WalCursor cursor = idleCursors.poll();
        return cursor == null ? task.newCursor() : cursor;
    }

    private static ScannedRange await(Future<ScannedRange> range) throws IOException {
        try {
            return range.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("a thread that reads WAL failed", e);
        }
    }

    /** Returns when no thread is left. Workers are interrupted, so that is as soon as the source lets them. */
    private void end(ExecutorService workers) {
        workers.shutdownNow();
        // An executor counts as terminated a moment before its last thread is.
        workerThreads.forEach(Uninterruptibles::joinUninterruptibly);
    }
}
