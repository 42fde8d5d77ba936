package org.pgrewind4j.transport;

import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * How far a target must replay before what was copied is consistent: F of the section "F, the end of replay".
 *
 * @param lsn the position up to which the WAL must be replayed, on a record boundary
 * @param timeline the timeline that this position lies on
 * @param controlFile the source's control file, read after the last byte that was fetched
 */
public record ReplayEnd(Lsn lsn, TimelineId timeline, ControlFile controlFile) {

    /**
     * The end for files of a server that was stopped: the later of its last checkpoint and its minimum recovery point.
     * Replaying to the checkpoint record's start is enough: a clean stop writes nothing but that record after the last
     * change.
     *
     * @param controlFile the server's
     * @return the end
     */
    public static ReplayEnd ofStopped(ControlFile controlFile) {
        Lsn checkPoint = controlFile.checkPoint();
        Lsn minRecoveryPoint = controlFile.minRecoveryPoint();
        Optional<TimelineId> timeline = controlFile.minRecoveryPointTimeline();
        return timeline.isPresent() && minRecoveryPoint.isAfter(checkPoint)
                ? new ReplayEnd(minRecoveryPoint, timeline.get(), controlFile)
                : new ReplayEnd(checkPoint, controlFile.checkPointCopy().timeline(), controlFile);
    }
}
