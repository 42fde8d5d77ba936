package org.pgrewind4j.transport.live;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.FileRange;

/**
 * Cuts ranges into pieces, in order, and groups these into batches. Ranges may be far longer than their files, so pieces are
 * made as they are needed, and the caller says when a range has ended.
 */
final class RangeSplitter {

    /** One row; large enough for the server to read in one go, small enough to be nothing special for either side's memory. */
    static final int PIECE = 256 * 1024;

    /** One round trip. Several are under way, so that the way to the server is never idle. */
    static final int BATCH_BYTES = 4 * 1024 * 1024;

    static final int BATCH_PIECES = 4096;

    /**
     * No file of a cluster is longer, and some file systems refuse to look further: what is asked behind it is asked for
     * existence only.
     */
    private static final long FARTHEST = 1L << 40;

    private final Iterator<FileRange> ranges;
    private int index = -1;
    private @Nullable FileRange range;
    private long position;

    RangeSplitter(List<FileRange> ranges) {
        this.ranges = ranges.iterator();
    }

    /** The next pieces for one round trip; empty at the end. */
    List<RangePiece> nextBatch() {
        List<RangePiece> batch = new ArrayList<>();
        int bytes = 0;
        while (bytes < BATCH_BYTES && batch.size() < BATCH_PIECES) {
            RangePiece piece = next();
            if (piece == null) {
                break;
            }
            batch.add(piece);
            bytes += piece.length();
        }
        return batch;
    }

    private @Nullable RangePiece next() {
        if (range == null) {
            if (!ranges.hasNext()) {
                return null;
            }
            range = ranges.next();
            position = range.offset();
            index++;
        }
        FileRange current = range;
        if (position >= FARTHEST) {
            range = null;
            return new RangePiece(index, current.path(), 0, 0, true);
        }
        int length = (int) Math.min(PIECE, current.end() - position);
        RangePiece piece = new RangePiece(index, current.path(), position, length, position + length == current.end());
        position += length;
        if (piece.last()) {
            range = null;
        }
        return piece;
    }

    /** Makes no more pieces of a range whose file has ended. */
    void endOf(int ended) {
        if (ended == index) {
            range = null;
        }
    }
}
