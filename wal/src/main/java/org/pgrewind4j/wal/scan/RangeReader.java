package org.pgrewind4j.wal.scan;

import java.io.IOException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.framing.WalCursor;

/**
 * What a scan reads, and how one thread reads all of it or a range of it.
 *
 * @param redo where it begins
 * @param divergence which records are on the far side
 * @param limit where it ends at the latest
 * @param rangeSize how WAL is cut into ranges: at its multiples
 */
record RangeReader(
        WalSegmentSource source,
        PostgresVersion version,
        int segmentSize,
        TimelineHistory history,
        Lsn redo,
        Lsn divergence,
        Lsn limit,
        int rangeSize) {

    /** Enough that putting ranges together does not show, and little enough that all threads get some. */
    static final int RANGE_SIZE = 16 << 20;

    WalCursor newCursor() {
        return new WalCursor(source, version, segmentSize, history);
    }

    private RangeFindings newFindings() {
        return new RangeFindings(version, divergence);
    }

    /** The end of the range that begins at a position, unsigned. */
    long rangeEnd(long from) {
        long end = (from & -rangeSize) + rangeSize;
        return Long.compareUnsigned(end, limit.value()) < 0 ? end : limit.value();
    }

    /** Whether there is nothing to share out, or nothing at all. */
    boolean isOneRange() {
        return rangeEnd(redo.value()) == limit.value();
    }

    /** Reads everything in the present thread. */
    ChangedBlocks run(LongConsumer progress) throws IOException {
        RangeFindings findings = newFindings();
        try (WalCursor cursor = newCursor()) {
            cursor.seekFirst(redo, limit);
            long until = redo.value();
            boolean goesOn = cursor.next();
            while (goesOn) {
                until = rangeEnd(until);
                goesOn = findings.read(cursor, until);
                progress.accept((goesOn ? until : cursor.endOfWal().position().value()) - redo.value());
            }
            return findings.toChangedBlocks(redo, cursor.endOfWal());
        }
    }

    /**
     * Reads a range by itself.
     *
     * @param from begin of the range
     * @param until end of the range, exclusive, not behind the limit
     */
    ScannedRange read(WalCursor cursor, long from, long until) {
        return readOn(cursor, newFindings(), until, () -> {
            cursor.seekFirst(new Lsn(from), new Lsn(until));
            return cursor.next();
        });
    }

    /**
     * Reads what is behind a record that has been read before.
     *
     * @param record where that record begins; it is not part of the result
     * @param until end of the range, exclusive, not behind the limit
     */
    ScannedRange readBehind(WalCursor cursor, long record, long until) {
        return readOn(cursor, newFindings(), until, () -> {
            cursor.seekFirst(new Lsn(record), limit);
            boolean isThere = cursor.next();
            return isThere && cursor.next();
        });
    }

    /** Puts the cursor at a first record, if there is one. */
    private interface FirstRecord {
        boolean find() throws IOException;
    }

    private ScannedRange readOn(WalCursor cursor, RangeFindings findings, long until, FirstRecord first) {
        long next = RangeFindings.NONE;
        EndOfWal end = null;
        Exception failure = null;
        try {
            if (!first.find()) {
                end = endOfRange(cursor.endOfWal(), until);
            } else {
                cursor.until(limit);
                if (findings.read(cursor, until)) {
                    next = cursor.begin();
                } else {
                    end = cursor.endOfWal();
                }
            }
        } catch (IOException | PgRewindException e) {
            failure = e;
        }
        return new ScannedRange(until, findings, next, end, failure);
    }

    /** A range without records says nothing of where WAL ends, unless it ends where all reading does. */
    private @Nullable EndOfWal endOfRange(EndOfWal reached, long until) {
        return reached.reason() == EndOfWal.Reason.LIMIT && until != limit.value() ? null : reached;
    }
}
