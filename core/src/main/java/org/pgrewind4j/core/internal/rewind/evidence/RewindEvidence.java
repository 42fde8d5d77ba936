package org.pgrewind4j.core.internal.rewind.evidence;

import java.util.List;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.cluster.ReplayStart;
import org.pgrewind4j.core.internal.cluster.WalFiles;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/**
 * What collecting found out about a pair of clusters that diverged, as far as staging needs it.
 *
 * @param targetControl the target's control file
 * @param source the source as it was when it was examined
 * @param divergence where the histories part; where contents are compared, the start of replay: all WAL from there on is
 *     the source's
 * @param start where replay starts
 * @param end where it must arrive, as of now; asked again after the last fetch
 * @param changed what the target's WAL says
 * @param copySet the blocks to copy
 * @param walFiles what becomes of the WAL
 * @param sourceBytes how large the source's files are together
 * @param links the target's symbolic links to directories
 * @param equal the files that were compared by content when it was planned, and are the source's already
 */
public record RewindEvidence(
        ControlFile targetControl,
        Cluster source,
        Divergence divergence,
        ReplayStart start,
        ReplayEnd end,
        ChangedBlocks changed,
        CopySet copySet,
        WalFiles walFiles,
        long sourceBytes,
        List<DataPath> links,
        List<DataPath> equal) {

    /** Whether contents tell what differs, and nothing is known of the target's WAL. */
    public boolean isOfContents() {
        return copySet.isOfContents();
    }
}
