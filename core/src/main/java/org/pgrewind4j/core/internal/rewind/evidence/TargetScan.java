package org.pgrewind4j.core.internal.rewind.evidence;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.cluster.ReplayStart;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.CheckpointRecord;
import org.pgrewind4j.wal.scan.BlockSet;
import org.pgrewind4j.wal.scan.ChangedBlockCollector;
import org.pgrewind4j.wal.scan.ChangedBlocks;
import org.pgrewind4j.wal.scan.CheckpointFinder;

/**
 * What the target's WAL says.
 *
 * <p>WAL between a redo point and its checkpoint's record can be missing where the scan looks, and come to the standby by
 * itself. Then the scan begins at the checkpoint record, as {@code pg_rewind}'s does, and {@code pg_rewind}'s rule takes
 * the place of the minimal one: every block that a record from there on names is copied, and all fsm and vm forks. That is
 * enough. A page that was logged between redo point and checkpoint only is rebuilt by its image when the standby replays
 * that WAL, with hints set since; the checkpoint says that there are images. A database that a record in this gap made by
 * copying files was not there yet for anyone at the divergence, since its creation ends with a checkpoint of its own
 * ({@code src/backend/commands/dbcommands.c}, {@code createdb}).
 *
 * @param start where replay will start
 * @param changed what the records name; from the redo start on, or if {@code complete} is false from its checkpoint on
 * @param hintsLogged whether every hint that was set since the divergence is on a page that is copied or rebuilt
 * @param extent how much of the WAL from the redo start on was read
 */
public record TargetScan(ReplayStart start, ChangedBlocks changed, boolean hintsLogged, Extent extent) {

    /** How much of the target's WAL was read. */
    enum Extent {
        /** All from the redo start on. */
        WHOLE,
        /** That from the checkpoint's record on. */
        FROM_CHECKPOINT,
        /** None: contents tell. */
        NOTHING
    }

    /** In place of a scan, where contents tell what differs: see {@code LostEvidence}. */
    public static TargetScan ofContents(ControlFile source) {
        ReplayStart start = new ReplayStart(source.checkPointCopy().redo(), source.checkPoint());
        EndOfWal end = new EndOfWal(
                Lsn.INVALID,
                EndOfWal.Reason.LIMIT,
                "",
                WalSegmentName.containing(new TimelineId(1), Lsn.INVALID, source.walSegmentSize()),
                Lsn.INVALID);
        ChangedBlocks unknown = new ChangedBlocks(
                BlockSet.of(),
                BlockSet.of(),
                BlockSet.of(),
                Set.of(),
                Map.of(),
                List.of(),
                Map.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                end,
                0,
                0);
        return new TargetScan(start, unknown, true, Extent.NOTHING);
    }

    public boolean isOfContents() {
        return extent == Extent.NOTHING;
    }

    /** Whether all of it was read. */
    public boolean complete() {
        return extent == Extent.WHOLE;
    }

    /** Reads it. */
    public static TargetScan of(Settings settings, Cluster ofTarget, Cluster ofSource, Lsn divergence)
            throws IOException {
        return new Scanner(settings, ofTarget, ofSource, divergence).scan();
    }

    private static final class Scanner {

        private static final System.Logger LOG = System.getLogger(TargetScan.class.getName());

        private final Settings settings;
        private final Cluster ofTarget;
        private final ControlFile controlFile;
        private final ControlFile ofSource;
        private final Lsn divergence;
        private final WalSegmentSource wal;

        Scanner(Settings settings, Cluster ofTarget, Cluster ofSource, Lsn divergence) throws IOException {
            this.settings = settings;
            this.ofTarget = ofTarget;
            this.controlFile = ofTarget.controlFile();
            this.ofSource = ofSource.controlFile();
            this.divergence = divergence;
            this.wal = TargetWalChain.of(settings, controlFile, divergence);
        }

        TargetScan scan() throws IOException {
            CheckpointRecord shared = CheckpointFinder.lastBefore(
                    wal, controlFile.version(), controlFile.walSegmentSize(), ofTarget.history(), divergence);
            HintBitHorizon hints = new HintBitHorizon(wal, ofTarget, divergence);
            if (!hints.isOwn(shared)) {
                return from(hints.goBack(shared), false);
            }
            TargetScan scan = from(shared, true);
            Lsn since = Lsn.max(scan.start().redo(), ofTarget.history().last().begin());
            if (HintProof.isGiven(controlFile, since, scan.changed(), divergence)) {
                return scan;
            }
            CheckpointRecord earlier = hints.goBack(shared);
            return earlier.equals(shared)
                    ? new TargetScan(scan.start(), scan.changed(), false, scan.extent())
                    : from(earlier, false);
        }

        private TargetScan from(CheckpointRecord checkpoint, boolean hintsLogged) throws IOException {
            ReplayStart start = ReplayStart.of(checkpoint, ofSource, controlFile);
            try {
                return new TargetScan(start, changes(start.redo()), hintsLogged, Extent.WHOLE);
            } catch (MissingWalException e) {
                if (!start.checkPoint().equals(checkpoint.begin()) || !isBefore(e, checkpoint)) {
                    throw e;
                }
                LOG.log(
                        System.Logger.Level.INFO,
                        "WAL from {0} to the checkpoint at {1} is not at hand: all blocks that are named since then are copied",
                        start.redo(),
                        checkpoint.begin());
                return new TargetScan(start, changes(checkpoint.begin()), hintsLogged, Extent.FROM_CHECKPOINT);
            }
        }

        /** Whether nothing is missing but WAL before a checkpoint's record that was written with page images. */
        private static boolean isBefore(MissingWalException missing, CheckpointRecord checkpoint) {
            return checkpoint.checkPoint().fullPageWrites()
                    && missing.segments().stream()
                            .noneMatch(segment -> segment.end().isAfter(checkpoint.begin()));
        }

        private ChangedBlocks changes(Lsn from) throws IOException {
            long likely = likelyEnd().minus(from);
            LongConsumer progress = bytes ->
                    settings.listener().progressed(new Progress(Phase.SCAN, bytes, Math.max(bytes, likely), 0, 0));
            EndOfTarget end = new EndOfTarget(settings, ofTarget);
            ChangedBlocks changed = end.proven(end.required(ChangedBlockCollector.of(
                            wal, controlFile.version(), controlFile.walSegmentSize(), ofTarget.history()))
                    .redo(from)
                    .divergence(divergence)
                    .threads(settings.threads())
                    .progress(progress)
                    .collect());
            long scanned = changed.end().position().minus(from);
            settings.listener().progressed(new Progress(Phase.SCAN, scanned, scanned, 0, 0));
            return changed;
        }

        private Lsn likelyEnd() throws IOException {
            return LikelyEnd.of(
                    ofTarget,
                    new DirectoryWalSource(DataDirectory.of(settings.target())
                            .resolve(DataPath.of(controlFile.version().walDirectory()))));
        }
    }
}
