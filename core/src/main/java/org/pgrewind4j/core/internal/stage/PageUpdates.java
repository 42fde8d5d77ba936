package org.pgrewind4j.core.internal.stage;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.UpdateFile;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.events.Events;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.ParallelCalls;
import org.pgrewind4j.core.internal.files.StagingFiles;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.local.DataDirectory;

/**
 * Reads files from a source once, from begin to end, and stages of each only the pages that the target's file does not
 * hold. Several files are read at once.
 */
final class PageUpdates {

    static final String THREAD_NAME = "pgrewind4j-compare";

    /** So many bytes are asked for with one call, unless a file has more. */
    private static final long BATCH = 64L << 20;

    private final Transport source;
    private final DataDirectory target;
    private final StagingArea area;
    private final FileOperations files;
    private final ProgressCounter progress;
    private final int pageSize;

    /** Where the next page is staged in each place. */
    private final Map<String, AtomicLong> staged = new ConcurrentHashMap<>();

    /**
     * Knows what to read, and where to stage it.
     *
     * @param behind how much of each place's blocks is staged already
     */
    PageUpdates(
            Order order, StagingArea area, FileOperations files, ProgressCounter progress, Map<String, Long> behind) {
        this.source = order.source();
        this.target = DataDirectory.of(order.target());
        this.area = area;
        this.files = files;
        this.progress = progress;
        this.pageSize = order.base().blockSize();
        behind.forEach((place, size) -> staged.put(place, new AtomicLong(size)));
    }

    /** Stages what the updates among some actions need; of files that turn out to be the same there is nothing. */
    List<FetchedFile> fetch(List<FileAction> actions, int threads) throws IOException {
        List<Callable<List<FetchedFile>>> calls = new ArrayList<>();
        List<UpdateFile> batch = new ArrayList<>();
        long bytes = 0;
        for (FileAction action : actions) {
            if (action instanceof UpdateFile update) {
                if (bytes + update.size() > BATCH && !batch.isEmpty()) {
                    List<UpdateFile> full = List.copyOf(batch);
                    calls.add(() -> fetch(full));
                    batch.clear();
                    bytes = 0;
                }
                batch.add(update);
                bytes += update.size();
            }
        }
        if (!batch.isEmpty()) {
            List<UpdateFile> last = List.copyOf(batch);
            calls.add(() -> fetch(last));
        }
        if (calls.isEmpty()) {
            return List.of();
        }
        return ParallelCalls.results(THREAD_NAME, Math.min(threads, calls.size()), calls).stream()
                .flatMap(List::stream)
                .toList();
    }

    private List<FetchedFile> fetch(List<UpdateFile> batch) throws IOException {
        List<FileRange> ranges = batch.stream()
                .map(update -> new FileRange(update.path(), 0, update.size()))
                .toList();
        try (Receiver receiver = new Receiver(batch)) {
            Events.fetch(ranges, () -> source.fetch(ranges, receiver));
            return receiver.copies;
        }
    }

    /** Says that a source has less of a file than it said. */
    static IOException incomplete(Transport source, DataPath path, long size) {
        return new IOException(
                source.description() + " does not hold all of its file \"" + path + "\": expected " + size + " bytes");
    }

    private final class Receiver implements RangeReceiver, Closeable {
        private final List<UpdateFile> batch;
        private final Map<Integer, PageComparison> open = new HashMap<>();
        private final StagingFiles staging = new StagingFiles(files);
        private final List<FetchedFile> copies = new ArrayList<>();

        Receiver(List<UpdateFile> batch) {
            this.batch = batch;
        }

        private PageComparison comparison(int range) throws IOException {
            PageComparison comparison = open.get(range);
            if (comparison == null) {
                comparison = new PageComparison(target.open(batch.get(range).path()), pageSize);
                open.put(range, comparison);
            }
            return comparison;
        }

        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while staging");
            }
            int length = chunk.remaining();
            String place = area.placeOf(batch.get(range).path());
            comparison(range).take(offset, chunk, different -> {
                long position =
                        staged.computeIfAbsent(place, name -> new AtomicLong()).getAndAdd(different.remaining());
                staging.write(area.in(place, StagingArea.BLOCKS), different, position);
                return position;
            });
            synchronized (progress) {
                progress.bytesDone(length);
            }
        }

        @Override
        public void end(int range, long delivered) throws IOException {
            UpdateFile update = batch.get(range);
            if (delivered != update.size()) {
                throw incomplete(source, update.path(), update.size());
            }
            try (PageComparison comparison = comparison(range)) {
                open.remove(range);
                Optional<FetchedFile> copy = comparison.found(update, area);
                if (copy.isPresent()) {
                    // Of a file that is only cut nothing is staged, and it may be the only one here.
                    staging.touch(copy.get().file());
                    copies.add(copy.get());
                }
            }
            synchronized (progress) {
                progress.fileDone();
            }
        }

        @Override
        public void vanished(int range) throws IOException {
            throw incomplete(source, batch.get(range).path(), batch.get(range).size());
        }

        @Override
        public void close() throws IOException {
            try (staging) {
                for (PageComparison comparison : open.values()) {
                    comparison.close();
                }
            }
        }
    }
}
