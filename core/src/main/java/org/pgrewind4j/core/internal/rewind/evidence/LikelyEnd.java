package org.pgrewind4j.core.internal.rewind.evidence;

import java.io.IOException;
import java.util.Optional;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.WalSegmentHeader;

/**
 * Where a target's WAL is likely to end, so that a scan can be told how far it is. Nothing is decided by it: the scan finds
 * the end by itself.
 *
 * <p>A server that was stopped has written its checkpoint last. One that crashed has gone on to the last segment that begins
 * with its own address: those behind it are old ones, kept under a new name (PostgreSQL: {@code
 * src/backend/access/transam/xlog.c}, {@code RemoveXlogFile}), with the first page of what they were.
 */
final class LikelyEnd {

    private LikelyEnd() {}

    /**
     * Looks at first pages only.
     *
     * @param cluster the target
     * @param own its own WAL directory
     */
    static Lsn of(Cluster cluster, WalSegmentSource own) {
        ControlFile control = cluster.controlFile();
        Lsn end = Lsn.max(control.checkPoint(), control.minRecoveryPoint());
        if (control.state().isCleanlyStopped()) {
            return end;
        }
        TimelineHistory history = cluster.history();
        while (isWritten(own, WalSegmentName.containing(history.timelineAt(end), end, control.walSegmentSize()))) {
            end = WalSegmentName.containing(history.timelineAt(end), end, control.walSegmentSize())
                    .end();
        }
        return end;
    }

    /** What cannot be read is for the scan to tell, if it needs it. */
    private static boolean isWritten(WalSegmentSource own, WalSegmentName name) {
        try {
            Optional<WalSegment> found = own.open(name);
            if (found.isEmpty()) {
                return false;
            }
            try (WalSegment segment = found.get()) {
                return WalSegmentHeader.read(segment)
                        .filter(header -> header.begin().equals(name.begin()))
                        .isPresent();
            }
        } catch (IOException | PgRewindException e) {
            return false;
        }
    }
}
