package org.pgrewind4j.wal.framing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineSpan;
import org.pgrewind4j.wal.EndOfWal.Reason;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * A stretch of WAL in memory: one reused buffer over the open segment's file.
 *
 * <p>Which file holds a segment: at a promotion the server copies the segment that holds the switch point to the new
 * timeline and writes on there, so the newest timeline of the history that begins before the segment's end is asked
 * first, as recovery does (PostgreSQL: {@code src/backend/access/transam/xlogrecovery.c},
 * {@code XLogFileReadAnyTLI}). An older timeline's file of that segment serves only up to the position where that
 * timeline was left: what it holds behind belongs to another history.
 */
final class SegmentWindow implements Closeable {

    /** Enough that the cost of a read call does not show, and little enough to stay in the processor's cache. */
    private static final int WINDOW_SIZE = 256 << 10;

    private final WalSegmentSource source;
    private final int segmentSize;
    private final TimelineHistory history;
    private final byte[] bytes = new byte[WINDOW_SIZE];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes);

    private @Nullable WalSegment file;
    private WalSegmentName segment;
    private long segmentBegin;

    /** Positions from here on are not in the file, unsigned. */
    private long fileEnd;

    /** The position of the window's first byte, and how many bytes are valid. */
    private long windowBegin;

    private int windowLength;

    private Reason reason = Reason.MISSING_SEGMENT;
    private String detail = "";

    SegmentWindow(WalSegmentSource source, int segmentSize, TimelineHistory history) {
        this.source = source;
        this.segmentSize = segmentSize;
        this.history = history;
        this.segment = WalSegmentName.containing(history.timeline(), Lsn.INVALID, segmentSize);
    }

    /** Whether the open file holds a position. */
    boolean isOpenAt(long position) {
        return file != null && (position & -segmentSize) == segmentBegin && Long.compareUnsigned(position, fileEnd) < 0;
    }

    /** Whether a page of the open file is in the window. */
    boolean holdsPage(long position) {
        long inWindow = position - windowBegin;
        return inWindow >= 0
                && inWindow <= windowLength - WalPages.PAGE_SIZE
                && Long.compareUnsigned(position, fileEnd) < 0;
    }

    /** Opens the file that holds a position; false if there is none. */
    boolean open(long position) throws IOException {
        close();
        segmentBegin = position & -segmentSize;
        Lsn at = new Lsn(position);
        Lsn last = new Lsn(segmentBegin + segmentSize - 1);
        for (int i = history.spans().size() - 1; i >= 0; i--) {
            TimelineSpan span = history.spans().get(i);
            if (!span.begin().isAfter(last) && at.isBefore(span.end())) {
                WalSegmentName candidate = WalSegmentName.containing(span.timeline(), at, segmentSize);
                Optional<WalSegment> found = source.open(candidate);
                if (found.isPresent()) {
                    file = found.get();
                    segment = candidate;
                    fileEnd = span.end().value();
                    return true;
                }
            }
        }
        reportMissing(position);
        return false;
    }

    /** Names the file that a server of this history would have written. */
    void reportMissing(long position) {
        Lsn last = new Lsn((position & -segmentSize) + segmentSize - 1);
        segment = WalSegmentName.containing(history.timelineAt(last), last, segmentSize);
        reason = Reason.MISSING_SEGMENT;
        detail = "could not find file \"" + segment + "\": No such file or directory";
    }

    /**
     * Brings a page of the open file into the window.
     *
     * @param position of the page's first byte
     * @return false if the file ends before the page does
     */
    boolean load(long position) throws IOException {
        windowBegin = position;
        windowLength = fill((int) (position - segmentBegin));
        if (windowLength >= WalPages.PAGE_SIZE) {
            return true;
        }
        reason = Reason.SHORT_SEGMENT;
        detail = "could not read from file " + segment + ", offset " + (position - segmentBegin + windowLength)
                + ": read 0 of " + (WalPages.PAGE_SIZE - windowLength);
        return false;
    }

    private int fill(int inSegment) throws IOException {
        buffer.clear().limit(Math.min(WINDOW_SIZE, segmentSize - inSegment));
        try {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted");
            }
            while (buffer.hasRemaining()
                    && Objects.requireNonNull(file).read(buffer, inSegment + buffer.position()) > 0) {
                // The source may deliver fewer bytes than there is room for, so go on until it has no more.
            }
        } catch (IOException e) {
            throw new IOException("could not read WAL segment " + segment, e);
        }
        return buffer.position();
    }

    byte[] bytes() {
        return bytes;
    }

    /** Of a loaded position within {@link #bytes}. */
    int offset(long position) {
        return (int) (position - windowBegin);
    }

    /** The open segment, or the one that could not be opened. */
    WalSegmentName segment() {
        return segment;
    }

    Reason reason() {
        return reason;
    }

    String detail() {
        return detail;
    }

    @Override
    public void close() throws IOException {
        WalSegment open = file;
        file = null;
        windowLength = 0;
        if (open != null) {
            open.close();
        }
    }
}
