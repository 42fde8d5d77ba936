package org.pgrewind4j.core.internal.rewind.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.WalBehindEnd;
import org.pgrewind4j.wal.scan.ChangedBlockCollector;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/**
 * Proves that the WAL of the target that was read is all that may have changed its data. A page that a later record
 * changed would stay as it is, and nothing would show it.
 *
 * <ul>
 * <li>A standby writes no page before its control file says up to which LSN it may have done so (PostgreSQL:
 *     {@code src/backend/access/transam/xlog.c}, {@code UpdateMinRecoveryPoint}). WAL that reaches
 *     {@code minRecoveryPoint} is all; what its WAL receiver got behind it does not matter.
 * <li>A primary has no such mark. Its checkpoint record must be there, whether it was stopped or crashed. Then what lies
 *     behind the end decides, as {@link WalBehindEnd} says; where that leaves a doubt, the LSNs of its pages do.
 * </ul>
 */
public final class EndOfTarget {

    private final Settings settings;
    private final Cluster target;
    private final ControlFile controlFile;

    public EndOfTarget(Settings settings, Cluster target) {
        this.settings = settings;
        this.target = target;
        this.controlFile = target.controlFile();
    }

    /** Tells a collector what the target's WAL must hold. */
    public ChangedBlockCollector required(ChangedBlockCollector collector) {
        return collector.reaching(controlFile.minRecoveryPoint()).holding(controlFile.checkPoint());
    }

    /**
     * Where the target's WAL ends, read from its last checkpoint on.
     *
     * @param divergence shared WAL before it may come from the source
     * @throws MissingWalException if not all of it is there
     * @throws WalEndsTooEarlyException if it is damaged
     */
    public EndOfWal read(Lsn divergence) throws IOException {
        return proven(required(ChangedBlockCollector.of(
                                TargetWalChain.of(settings, controlFile, divergence),
                                controlFile.version(),
                                controlFile.walSegmentSize(),
                                target.history()))
                        .redo(controlFile.checkPointCopy().redo())
                        .collect())
                .end();
    }

    /**
     * Makes sure that nothing was written behind the end.
     *
     * @param changed what was read, from the target's last checkpoint or before it, to its end
     * @return the same
     * @throws MissingWalException if later WAL shows that a segment is missing
     * @throws WalEndsTooEarlyException if later WAL or a page shows that WAL is damaged
     */
    public ChangedBlocks proven(ChangedBlocks changed) throws IOException {
        prove(changed.end());
        return changed;
    }

    /**
     * Makes sure that nothing was written behind an end that is not before the target's last checkpoint.
     *
     * @throws MissingWalException if later WAL shows that a segment is missing
     * @throws WalEndsTooEarlyException if later WAL or a page shows that WAL is damaged
     */
    public void prove(EndOfWal end) throws IOException {
        if (isStandby() || end.reason() == EndOfWal.Reason.LIMIT) {
            return;
        }
        Path directory = DataDirectory.of(settings.target())
                .resolve(DataPath.of(controlFile.version().walDirectory()));
        List<WalSegmentSource> sources = new ArrayList<>(List.of(new DirectoryWalSource(directory)));
        if (!controlFile.state().isCleanlyStopped()) {
            // Nobody but a primary writes its timeline. One that was stopped may be a copy that has been left behind.
            sources.addAll(settings.archives());
        }
        boolean isDoubtful = WalBehindEnd.isDoubtful(
                WalSegmentSource.firstOf(sources), controlFile, target.history(), end, segments(directory));
        if (isDoubtful) {
            Optional<PagesAhead.Page> ahead =
                    PagesAhead.of(settings, controlFile).first(end.position());
            if (ahead.isPresent()) {
                throw WalEndsTooEarlyException.proven(end, ahead.get().lsn(), "the LSN of " + ahead.get());
            }
        }
    }

    private boolean isStandby() {
        ClusterState state = controlFile.state();
        return state == ClusterState.IN_ARCHIVE_RECOVERY || state == ClusterState.SHUT_DOWN_IN_RECOVERY;
    }

    /** The segments in the target's own directory that are of its history. */
    private List<WalSegmentName> segments(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(Path::getFileName)
                    .map(Path::toString)
                    .flatMap(name -> WalSegmentName.parse(name, controlFile.walSegmentSize()).stream())
                    .filter(this::isOfHistory)
                    .toList();
        }
    }

    private boolean isOfHistory(WalSegmentName name) {
        Lsn last = name.end().plus(-1);
        return target.history().timelineAt(last).equals(name.timeline());
    }
}
