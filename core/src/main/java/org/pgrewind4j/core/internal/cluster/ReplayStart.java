package org.pgrewind4j.core.internal.cluster;

import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.CheckpointRecord;

/**
 * Where replay starts after the rewind: early enough for both sides.
 *
 * <p>That is the redo point of the last shared checkpoint, unless one side lags behind it: the source, if its pages can
 * be older (its control file's redo point at the start of the copy), or the target, if it was a standby or crashed, so
 * that its own pages can be as old as its last checkpoint or restartpoint.
 *
 * @param redo where replay starts
 * @param checkPoint where the checkpoint record lies that belongs to this redo point
 */
public record ReplayStart(Lsn redo, Lsn checkPoint) {

    public static ReplayStart of(CheckpointRecord shared, ControlFile source, ControlFile target) {
        ReplayStart start = new ReplayStart(shared.checkPoint().redo(), shared.begin());
        start = start.notAfter(source);
        return target.state() == ClusterState.SHUT_DOWN ? start : start.notAfter(target);
    }

    private ReplayStart notAfter(ControlFile cluster) {
        Lsn theirs = cluster.checkPointCopy().redo();
        return theirs.isBefore(redo) ? new ReplayStart(theirs, cluster.checkPoint()) : this;
    }
}
