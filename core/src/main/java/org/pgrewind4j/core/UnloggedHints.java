package org.pgrewind4j.core;

import java.io.IOException;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.CheckPoint;
import org.pgrewind4j.wal.CheckpointFinder;
import org.pgrewind4j.wal.CheckpointRecord;
import org.pgrewind4j.wal.ClusterState;
import org.pgrewind4j.wal.ControlFile;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * How far back a scan must begin so that no hint bit about a lost transaction stays on the target.
 *
 * <p>A hint bit gets to the disk without a record only on a page that was changed since the redo point in force, or that
 * is dirty anyway ({@code src/backend/storage/buffer/bufmgr.c}, {@code MarkBufferDirtyHint}). On a primary all such pages
 * are in the WAL from the last shared checkpoint's redo point on. A cluster that was a standby at the divergence has
 * other ones: its restartpoints can be far behind the checkpoints that it has replayed, also for a while after its
 * promotion.
 *
 * <p>Wrong can only be what was noted of transactions that ran at the divergence, for these alone end differently on the
 * two sides. All their changes are behind the redo point of a checkpoint that was made before the first of them began.
 */
final class UnloggedHints {

    private final WalSegmentSource wal;
    private final Cluster target;
    private final Lsn divergence;

    UnloggedHints(WalSegmentSource wal, Cluster target, Lsn divergence) {
        this.wal = wal;
        this.target = target;
        this.divergence = divergence;
    }

    /**
     * Goes back from the last shared checkpoint as far as is needed.
     *
     * @param shared the last checkpoint before the divergence
     * @return the checkpoint from whose redo point on the WAL names all pages whose hint bits can be wrong
     * @throws MissingWalException if that WAL is not there
     */
    CheckpointRecord goBack(CheckpointRecord shared) throws IOException {
        int oldest = shared.checkPoint().oldestActiveXid();
        if (shared.shutdown() || oldest == 0 || !wasStandby()) {
            return shared;
        }
        long oldestActive = withEpoch(oldest, shared.checkPoint());
        ControlFile controlFile = target.controlFile();
        CheckpointRecord found = shared;
        try {
            while (Long.compareUnsigned(found.checkPoint().nextXid(), oldestActive) > 0) {
                found = CheckpointFinder.lastBefore(
                        wal, controlFile.version(), controlFile.walSegmentSize(), target.history(), found.begin());
            }
        } catch (MissingWalException e) {
            throw new MissingWalException(
                    e.segments(),
                    "to find the changes of transactions that ran at %s: the target was a standby then, and did not log"
                                    .formatted(divergence)
                            + " what it noted about them");
        }
        return found;
    }

    /** Whether the target was in recovery at the divergence, or may have been. */
    private boolean wasStandby() {
        ClusterState state = target.controlFile().state();
        return state == ClusterState.SHUT_DOWN_IN_RECOVERY
                || state == ClusterState.IN_ARCHIVE_RECOVERY
                || !target.history().last().begin().isBefore(divergence);
    }

    /** Transaction ids are 32 bits of a number that goes on. */
    private static long withEpoch(int xid, CheckPoint checkPoint) {
        return checkPoint.nextXid() - Integer.toUnsignedLong((int) checkPoint.nextXid() - xid);
    }
}
