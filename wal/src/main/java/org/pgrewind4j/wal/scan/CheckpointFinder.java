package org.pgrewind4j.wal.scan;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.framing.WalCursor;
import org.pgrewind4j.wal.record.CheckpointRecord;

/**
 * Finds the last checkpoint before a position. WAL can be read forwards only, and every record names just the one
 * before it; so segments are looked at backwards from the position's, and each of them forwards, instead of following
 * the records one by one.
 */
public final class CheckpointFinder {
    private final WalCursor cursor;
    private final PostgresVersion version;
    private final Lsn limit;

    private CheckpointFinder(WalCursor cursor, PostgresVersion version, Lsn limit) {
        this.cursor = cursor;
        this.version = version;
        this.limit = limit;
    }

    /**
     * Finds the last checkpoint record that begins before a position.
     *
     * @param source where the segments come from
     * @param version the release that wrote the WAL
     * @param segmentSize in bytes, as the control file says
     * @param history whose WAL to read
     * @param limit the position: a place where a record ends, such as a divergence
     * @return the last checkpoint record that begins before {@code limit}
     * @throws MissingWalException if the search comes to a segment that is not there
     * @throws WalEndsTooEarlyException if the segments are there and the records in them do not reach the limit
     * @throws IOException if the source cannot read
     */
    public static CheckpointRecord lastBefore(
            WalSegmentSource source, PostgresVersion version, int segmentSize, TimelineHistory history, Lsn limit)
            throws IOException {
        try (WalCursor cursor = new WalCursor(source, version, segmentSize, history)) {
            CheckpointFinder finder = new CheckpointFinder(cursor, version, limit);
            Lsn until = limit;
            while (until.isValid()) {
                Lsn begin = new Lsn(until.plus(-1).value() & -segmentSize);
                Optional<CheckpointRecord> last = finder.lastIn(begin, until);
                if (last.isPresent()) {
                    return last.get();
                }
                until = begin;
            }
        }
        throw new WalCorruptException(limit, "no checkpoint is before it");
    }

    /** The last checkpoint in a segment, or in the part of it before the limit. */
    private Optional<CheckpointRecord> lastIn(Lsn begin, Lsn until) throws IOException {
        CheckpointRecord last = null;
        cursor.seekFirst(begin, until);
        while (cursor.next()) {
            if (SpecialRecords.isCheckpoint(cursor)) {
                last = SpecialRecords.checkpoint(cursor, version);
            }
        }
        EndOfWal end = cursor.endOfWal();
        if (end.reason() == EndOfWal.Reason.MISSING_SEGMENT) {
            throw new MissingWalException(List.of(end.segment()), "to find the last checkpoint before " + limit);
        }
        if (end.reason() != EndOfWal.Reason.LIMIT) {
            throw new WalEndsTooEarlyException(end, until);
        }
        return Optional.ofNullable(last);
    }
}
