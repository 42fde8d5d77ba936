package org.pgrewind4j.core;

import java.io.IOException;
import java.util.function.LongConsumer;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.ChangedBlockCollector;
import org.pgrewind4j.wal.ChangedBlocks;
import org.pgrewind4j.wal.CheckpointFinder;
import org.pgrewind4j.wal.CheckpointRecord;
import org.pgrewind4j.wal.ControlFile;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * What the target's WAL says.
 *
 * @param start where replay will start
 * @param changed what the records from there to the end of WAL name
 * @param hintsLogged whether every hint that was set since the divergence is on a page that these records name
 */
record TargetScan(ReplayStart start, ChangedBlocks changed, boolean hintsLogged) {

    /** Reads it. */
    static TargetScan of(Settings settings, Cluster ofTarget, Cluster ofSource, Lsn divergence) throws IOException {
        return new Scanner(settings, ofTarget, ofSource, divergence).scan();
    }

    private static final class Scanner {

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
            this.wal = ScanWal.of(settings, controlFile, divergence);
        }

        TargetScan scan() throws IOException {
            CheckpointRecord shared = CheckpointFinder.lastBefore(
                    wal, controlFile.version(), controlFile.walSegmentSize(), ofTarget.history(), divergence);
            UnloggedHints hints = new UnloggedHints(wal, ofTarget, divergence);
            CheckpointRecord from = hints.isOwn(shared) ? shared : hints.goBack(shared);
            ReplayStart start = ReplayStart.of(from, ofSource, controlFile);
            return new TargetScan(start, changes(start.redo()), hints.isOwn(shared));
        }

        private ChangedBlocks changes(Lsn from) throws IOException {
            LongConsumer progress = bytes -> settings.listener().progressed(new Progress(Phase.SCAN, bytes, 0, 0, 0));
            EndOfTarget end = new EndOfTarget(settings, ofTarget);
            return end.proven(end.required(ChangedBlockCollector.of(
                            wal, controlFile.version(), controlFile.walSegmentSize(), ofTarget.history()))
                    .redo(from)
                    .divergence(divergence)
                    .threads(settings.threads())
                    .progress(progress)
                    .collect());
        }
    }
}
