package org.pgrewind4j.core.internal.rewind.evidence;

import java.io.IOException;
import java.util.OptionalInt;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.CheckPoint;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.CheckpointRecord;
import org.pgrewind4j.wal.record.FinishedPrepared;
import org.pgrewind4j.wal.scan.CheckpointFinder;

/**
 * How far back a scan must begin so that no hint bit about a lost transaction stays on the target.
 *
 * <p>A hint gets to the disk without a record only on a page that was changed since the redo point in force, or that is
 * dirty anyway ({@code src/backend/storage/buffer/bufmgr.c}, {@code MarkBufferDirtyHint};
 * {@code src/backend/access/transam/xloginsert.c}, {@code XLogSaveBufferForHint}). What is dirty was changed since the
 * redo point of the last checkpoint or restartpoint that <em>this</em> cluster completed. So all depends on that redo
 * point P, as it was when the target came to the divergence, for it only moves forwards: the records from P on name
 * every page that holds a hint of the abandoned branch.
 *
 * <p>Where the target itself, as the primary that it still is, wrote the last shared checkpoint, P is that checkpoint's
 * redo point ({@link #isOwn}). Else it was in recovery when it got that checkpoint, and P is the redo point of a
 * restartpoint of which nothing has to be left: it can lie far behind. Then two other arguments take its place:
 *
 * <ul>
 *   <li>In a heap, wrong can only be what was noted of transactions that ran at the divergence: those that had ended
 *       end alike on both sides, and the pages of those that began later are named. All that a running transaction
 *       changed is behind the redo point of a checkpoint that was made before it began: that is {@link #goBack}.
 *   <li>In an index an entry is marked dead because a transaction of the abandoned branch deleted its row, and that is
 *       no change of the index. Such pages are found by reading them: {@link UnloggedPages}.
 * </ul>
 *
 * <p>Neither argument asks whether hints were logged, so both serve as well where that is in doubt: {@link HintProof}.
 */
final class HintBitHorizon {

    private final WalSegmentSource wal;
    private final Cluster target;
    private final Lsn divergence;

    HintBitHorizon(WalSegmentSource wal, Cluster target, Lsn divergence) {
        this.wal = wal;
        this.target = target;
        this.divergence = divergence;
    }

    /**
     * Whether the target wrote a checkpoint itself, and was the primary from then on. A timeline has one writer. The
     * target is on its last one as long as it is not promoted again, so if it is a primary it wrote all of that one.
     */
    boolean isOwn(CheckpointRecord checkpoint) {
        ClusterState state = target.controlFile().state();
        return state != ClusterState.SHUT_DOWN_IN_RECOVERY
                && state != ClusterState.IN_ARCHIVE_RECOVERY
                && checkpoint
                        .checkPoint()
                        .timeline()
                        .equals(target.history().last().timeline());
    }

    /**
     * Goes back from the last shared checkpoint as far as the oldest transaction needs that ran at the divergence.
     *
     * @param shared the last checkpoint before the divergence
     * @return the checkpoint from whose redo point on the WAL names all pages whose hint bits can be wrong
     * @throws MissingWalException if that WAL is not there
     */
    CheckpointRecord goBack(CheckpointRecord shared) throws IOException {
        long oldest = oldestRunning(shared);
        ControlFile controlFile = target.controlFile();
        CheckpointRecord found = shared;
        try {
            while (Long.compareUnsigned(found.checkPoint().nextXid(), oldest) > 0) {
                found = CheckpointFinder.lastBefore(
                        wal, controlFile.version(), controlFile.walSegmentSize(), target.history(), found.begin());
            }
        } catch (MissingWalException e) {
            throw new MissingWalException(
                    e.segments(),
                    "to find the changes of transactions that ran at %s: nothing shows that the target logged what it"
                                    .formatted(divergence)
                            + " noted about them");
        }
        return found;
    }

    /**
     * The oldest transaction that can have run at the divergence and have ended on the target since. A checkpoint of a
     * running server names the oldest one of then. One at a shutdown names none, since none runs but those that are
     * prepared, which live across it; such a one ends with a record that names it. As long as it has not ended, nothing
     * is noted of it.
     */
    private long oldestRunning(CheckpointRecord shared) throws IOException {
        CheckPoint checkPoint = shared.checkPoint();
        if (!shared.shutdown()) {
            // Without one, the primary ran with wal_level = minimal, and nobody followed it.
            return checkPoint.oldestActiveXid() == 0
                    ? checkPoint.nextXid()
                    : withEpoch(checkPoint.oldestActiveXid(), checkPoint);
        }
        ControlFile controlFile = target.controlFile();
        OptionalInt prepared = FinishedPrepared.oldest(
                wal, controlFile.version(), controlFile.walSegmentSize(), target.history(), divergence);
        return prepared.isPresent() ? withEpoch(prepared.getAsInt(), checkPoint) : checkPoint.nextXid();
    }

    /** Transaction ids are 32 bits of a number that keeps growing; this one is not newer than about the next one. */
    private static long withEpoch(int xid, CheckPoint checkPoint) {
        return checkPoint.nextXid() + (xid - (int) checkPoint.nextXid());
    }
}
