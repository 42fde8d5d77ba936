package org.pgrewind4j.wal;

import java.io.IOException;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;

/**
 * Finds the last checkpoint before a position. WAL can be read forwards only, and every record names just the one
 * before it; so segments are looked at backwards from the position's, and each of them forwards, instead of following
 * the records one by one.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class CheckpointFinder {
    private CheckpointFinder() {}

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
        throw new UnsupportedOperationException();
    }
}
