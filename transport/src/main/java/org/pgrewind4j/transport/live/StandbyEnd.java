package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

/**
 * Where replay of what was copied of a running standby must end.
 *
 * <p>The minimum recovery point is not enough. A standby moves it before it writes a page that is newer
 * ({@code src/backend/access/transam/xlog.c}, {@code XLogFlush}), or removes or cuts a relation's files
 * ({@code xact.c}, {@code xact_redo_commit}; {@code src/backend/catalog/storage.c}, {@code smgr_redo}), but not before it
 * writes a relation map ({@code src/backend/utils/cache/relmapper.c}, {@code relmap_redo}), or copies or removes a
 * database ({@code src/backend/commands/dbcommands.c}, {@code dbase_redo}). A copy that saw these needs their records: with
 * less, it would count as consistent while a map that was read torn, or pages of a database that is gone, are still to be
 * mended by replay.
 *
 * <p>All that replay does to files belongs to a record that is replayed, or to the one that is being replayed: the position
 * that a server tells moves only when a record is done ({@code src/backend/access/transam/xlogrecovery.c},
 * {@code ApplyWalRecord}). So F is the end of the record that follows on that position, if there is one. Where the standby
 * takes its WAL from an archive alone, and has none in its directory, F is the position itself.
 */
final class StandbyEnd {

    private StandbyEnd() {}

    /**
     * Takes the later of what the control file says and what is replayed.
     *
     * @param wal of the standby
     * @param replayed up to where it has replayed, asked after the last byte was fetched
     * @param timeline that it replays
     * @param controlFile read after that
     */
    static ReplayEnd of(WalSegmentSource wal, Lsn replayed, TimelineId timeline, ControlFile controlFile)
            throws IOException {
        ReplayEnd written = ReplayEnd.ofStopped(controlFile);
        Lsn end = endOfRecordAt(replayed, wal, timeline, controlFile).orElse(replayed);
        return end.isAfter(written.lsn()) ? new ReplayEnd(end, timeline, controlFile) : written;
    }

    private static Optional<Lsn> endOfRecordAt(
            Lsn position, WalSegmentSource wal, TimelineId timeline, ControlFile controlFile) throws IOException {
        try (WalReader reader = WalReader.open(
                wal,
                controlFile.version(),
                controlFile.walSegmentSize(),
                TimelineHistory.ofSingle(timeline),
                position)) {
            return reader.next().map(WalRecord::end);
        }
    }
}
