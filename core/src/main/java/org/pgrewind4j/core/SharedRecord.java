package org.pgrewind4j.core;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.wal.ChangedBlockCollector;
import org.pgrewind4j.wal.ChangedBlocks;
import org.pgrewind4j.wal.ControlFile;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalReader;
import org.pgrewind4j.wal.WalRecord;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * Compares the last record that both sides should share. Equal histories do not prove equal WAL: two servers that were
 * promoted apart from each other at one position have the same timeline number, begin, and history file.
 */
final class SharedRecord {

    private final ControlFile controlFile;

    private SharedRecord(ControlFile controlFile) {
        this.controlFile = controlFile;
    }

    /**
     * Compares the last record before the divergence.
     *
     * @return the problem, empty if the record is the same, or if one side no longer has it
     */
    static Optional<Problem> compareAt(Settings settings, Cluster ofTarget, Cluster ofSource, Divergence divergence)
            throws IOException {
        SharedRecord reader = new SharedRecord(ofTarget.controlFile());
        WalSegmentSource wal = ScanWal.of(settings, ofTarget.controlFile(), divergence.position());
        Optional<WalRecord> firstAlone = reader.recordAt(wal, ofTarget.history(), divergence.position());
        if (firstAlone.isEmpty() || !firstAlone.get().previous().isValid()) {
            return Optional.empty();
        }
        Lsn last = firstAlone.get().previous();
        return compare(
                last,
                reader.recordAt(wal, ofTarget.history(), last),
                reader.recordAt(settings.source().wal(), ofSource.history(), last));
    }

    /** Compares the last record of the side whose WAL ends first, where both are on the same timeline. */
    static Optional<Problem> compareEnds(Settings settings, Cluster ofTarget, Cluster ofSource) throws IOException {
        SharedRecord reader = new SharedRecord(ofTarget.controlFile());
        WalSegmentSource targetWal = ScanWal.of(settings, ofTarget.controlFile(), Lsn.INVALID);
        WalSegmentSource sourceWal = settings.source().wal();
        Lsn endOfTarget = lastOfTarget(settings, ofTarget);
        Optional<Lsn> endOfSource = lastRecord(sourceWal, ofSource);
        if (endOfSource.isEmpty()) {
            return Optional.empty();
        }
        Lsn last = Lsn.min(endOfTarget, endOfSource.get());
        return compare(
                last,
                reader.recordAt(targetWal, ofTarget.history(), last),
                reader.recordAt(sourceWal, ofSource.history(), last));
    }

    /** Compares the target's last record, where its WAL ends before the histories part. */
    static Optional<Problem> compareEndOfTarget(Settings settings, Cluster ofTarget, Cluster ofSource)
            throws IOException {
        SharedRecord reader = new SharedRecord(ofTarget.controlFile());
        WalSegmentSource targetWal = ScanWal.of(settings, ofTarget.controlFile(), Lsn.INVALID);
        Lsn last = lastOfTarget(settings, ofTarget);
        return compare(
                last,
                reader.recordAt(targetWal, ofTarget.history(), last),
                reader.recordAt(settings.source().wal(), ofSource.history(), last));
    }

    /**
     * Where the target's last record begins.
     *
     * @throws MissingWalException if its WAL is not all there
     * @throws WalEndsTooEarlyException if it is damaged
     */
    static Lsn lastOfTarget(Settings settings, Cluster target) throws IOException {
        ControlFile controlFile = target.controlFile();
        EndOfTarget end = new EndOfTarget(settings, target);
        return end.proven(end.required(ChangedBlockCollector.of(
                                ScanWal.of(settings, controlFile, Lsn.INVALID),
                                controlFile.version(),
                                controlFile.walSegmentSize(),
                                target.history()))
                        .redo(controlFile.checkPointCopy().redo())
                        .collect())
                .lastRecord();
    }

    /** Where the last record of a cluster begins, empty if its WAL is not all there. */
    private static Optional<Lsn> lastRecord(WalSegmentSource wal, Cluster cluster) throws IOException {
        ControlFile controlFile = cluster.controlFile();
        try {
            ChangedBlocks changed = ChangedBlockCollector.of(
                            wal, controlFile.version(), controlFile.walSegmentSize(), cluster.history())
                    .redo(controlFile.checkPointCopy().redo())
                    .reaching(controlFile.checkPoint())
                    .collect();
            return Optional.of(changed.lastRecord());
        } catch (MissingWalException | WalEndsTooEarlyException e) {
            return Optional.empty();
        }
    }

    private Optional<WalRecord> recordAt(WalSegmentSource wal, TimelineHistory history, Lsn position)
            throws IOException {
        try (WalReader reader =
                WalReader.open(wal, controlFile.version(), controlFile.walSegmentSize(), history, position)) {
            return reader.next();
        }
    }

    private static Optional<Problem> compare(Lsn position, Optional<WalRecord> target, Optional<WalRecord> source) {
        if (target.isEmpty() || source.isEmpty() || isSame(target.get(), source.get())) {
            return Optional.empty();
        }
        return Optional.of(new Problem(
                Kind.HISTORY_DIFFERS,
                String.format(
                                Locale.ROOT,
                                "the histories look alike, but the record at %s is not the same: CRC %08X on the target, %08X on the",
                                position,
                                target.get().crc(),
                                source.get().crc())
                        + " source; both were promoted apart from each other to the same timeline",
                "the target must be made anew."));
    }

    private static boolean isSame(WalRecord a, WalRecord b) {
        return a.begin().equals(b.begin()) && a.crc() == b.crc() && a.totalLength() == b.totalLength();
    }
}
