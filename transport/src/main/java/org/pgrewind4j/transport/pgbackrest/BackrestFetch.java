package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;

/**
 * One call of {@link BackrestBackup#fetch}. Files are read in the order in which they are stored, each once, whatever the
 * number of its ranges; a range has its end only when the file, or the blocks that were read of it, turned out to be right.
 */
final class BackrestFetch {

    /** So that lists of any length take a bounded memory beside themselves. */
    private static final int RANGES_AT_ONCE = 1 << 16;

    private final BackrestTree tree;
    private final ContentReader reader;
    private final RangeReceiver receiver;

    BackrestFetch(BackrestTree tree, ContentReader reader, RangeReceiver receiver) {
        this.tree = tree;
        this.reader = reader;
        this.receiver = receiver;
    }

    /** A range with its index in the list and the file that it is of. */
    private record Wanted(int index, FileRange range, ManifestFile file) {
        private static final Comparator<Wanted> AS_STORED = Comparator.<Wanted>comparingInt(
                        wanted -> wanted.file().place().reference())
                .thenComparingLong(wanted -> wanted.file().place().bundle())
                .thenComparingLong(wanted -> wanted.file().place().offset())
                .thenComparing(wanted -> wanted.file().path())
                .thenComparingLong(wanted -> wanted.range().offset())
                .thenComparingInt(Wanted::index);
    }

    void run(List<FileRange> ranges) throws IOException {
        List<Wanted> batch = new ArrayList<>();
        int index = 0;
        for (FileRange range : ranges) {
            ManifestFile file = tree.file(range.path());
            if (file == null) {
                receiver.vanished(index);
            } else {
                batch.add(new Wanted(index, range, file));
            }
            index++;
            if (batch.size() == RANGES_AT_ONCE) {
                fetch(batch);
                batch.clear();
            }
        }
        fetch(batch);
    }

    private void fetch(List<Wanted> batch) throws IOException {
        batch.sort(Wanted.AS_STORED);
        int begin = 0;
        for (int i = 1; i <= batch.size(); i++) {
            if (i == batch.size()
                    || !batch.get(i)
                            .range()
                            .path()
                            .equals(batch.get(begin).range().path())) {
                fetchFile(batch.subList(begin, i));
                begin = i;
            }
        }
    }

    /** Reads the ranges of one file, which are in ascending order. */
    private void fetchFile(List<Wanted> ofFile) throws IOException {
        ManifestFile file = ofFile.get(0).file();
        Stretches stretches = Stretches.of(
                ofFile.stream()
                        .map(wanted -> new Stretches.Stretch(
                                wanted.range().offset(), wanted.range().end()))
                        .toList(),
                file.size());
        reader.read(file, stretches, new Distribution(ofFile));
        for (Wanted wanted : ofFile) {
            FileRange range = wanted.range();
            receiver.end(wanted.index(), Math.max(0, Math.min(range.end(), file.size()) - range.offset()));
        }
    }

    /** Gives each piece to all ranges that hold a part of it. */
    private final class Distribution implements ContentSink {
        private final List<Wanted> ranges;
        private final List<Wanted> open = new ArrayList<>();
        private int next;

        Distribution(List<Wanted> ranges) {
            this.ranges = ranges;
        }

        @Override
        public void take(long position, byte[] bytes, int offset, int length) throws IOException {
            long end = position + length;
            while (next < ranges.size() && ranges.get(next).range().offset() < end) {
                open.add(ranges.get(next));
                next++;
            }
            open.removeIf(wanted -> wanted.range().end() <= position);
            for (Wanted wanted : open) {
                long from = Math.max(position, wanted.range().offset());
                long to = Math.min(end, wanted.range().end());
                if (from < to) {
                    // Read-only: other ranges may hold the same bytes.
                    receiver.bytes(
                            wanted.index(),
                            from,
                            ByteBuffer.wrap(bytes, (int) (from - position) + offset, (int) (to - from))
                                    .slice()
                                    .asReadOnlyBuffer());
                }
            }
        }
    }
}
