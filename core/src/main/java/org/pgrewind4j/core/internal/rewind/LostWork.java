package org.pgrewind4j.core.internal.rewind;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.internal.events.RecordedSegment;
import org.pgrewind4j.core.internal.names.CatalogFiles;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.rewind.evidence.ScanWal;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.core.report.DivergenceReport;
import org.pgrewind4j.core.report.RelationNames;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.scan.RelationActivity;
import org.pgrewind4j.wal.scan.WalActivity;
import org.pgrewind4j.wal.scan.WalActivityCollector;

/** Finds out what a rewind loses: reads both branches from the divergence on. */
final class LostWork {

    private static final int NO_TRANSACTIONS = 0;

    private final Settings settings;
    private final Examined examined;
    private final Lsn divergence;
    private final List<String> notes = new ArrayList<>();

    private LostWork(Settings settings, Examined examined, Divergence divergence) {
        this.settings = settings;
        this.examined = examined;
        this.divergence = divergence.position();
    }

    /** Empty if the target has nothing that the source does not have, or if that cannot be told. */
    static Optional<DivergenceReport> of(Settings settings) throws IOException {
        try (LocalDirectoryTransport target = LocalDirectoryTransport.openToLookAt(settings.target())) {
            Examined examined = new Examiner(settings, new Preconditions())
                    .examine(target, Planner.targetControl(settings, target));
            Optional<Divergence> divergence =
                    examined.divergence().filter(parting -> parting.kind() != Divergence.Kind.SAME_TIMELINE);
            return examined.verdict() == Verdict.CAN_FOLLOW || divergence.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new LostWork(settings, examined, divergence.get()).report(divergence.get()));
        }
    }

    private DivergenceReport report(Divergence parting) throws IOException {
        ControlFile controlFile = examined.target().controlFile();
        WalActivity lost = WalActivityCollector.of(
                        ScanWal.of(settings, controlFile, divergence),
                        controlFile.version(),
                        controlFile.walSegmentSize(),
                        examined.target().history())
                .from(divergence)
                .collect();
        noteEnd(lost, controlFile);
        noteRoom(lost);
        Optional<DivergenceReport.Branch> kept = kept();
        RelationNames names = CatalogFiles.of(
                settings.target(),
                controlFile.version(),
                lost.relations().stream().map(RelationActivity::relation).toList());
        notes.add("Of a transaction that began before the divergence the report has what it wrote behind it.");
        notes.add("Names come from the target's files as they lie on the disk"
                + (controlFile.state().isCleanlyStopped()
                        ? "; relations and databases that are gone are named where their old rows are still there."
                        : ". The target was not stopped cleanly, so recent names may be missing or old."));
        return new DivergenceReport(
                controlFile.version(),
                controlFile.systemIdentifier(),
                divergence,
                parting.timeline(),
                new DivergenceReport.Branch(
                        "data directory \"" + settings.target() + "\"",
                        examined.target().history().timeline(),
                        lost),
                kept,
                names,
                notes);
    }

    private Optional<DivergenceReport.Branch> kept() {
        ControlFile controlFile = examined.source().controlFile();
        ReplayEnd replayEnd = examined.replayEnd();
        Lsn end = replayEnd == null ? Lsn.MAX : replayEnd.lsn();
        try {
            WalSegmentSource wal = RecordedSegment.of(
                    WalSegmentSource.firstOf(settings.source().wal()));
            WalActivity activity = WalActivityCollector.of(
                            wal,
                            controlFile.version(),
                            controlFile.walSegmentSize(),
                            examined.source().history())
                    .from(divergence)
                    .until(end)
                    .transactions(NO_TRANSACTIONS)
                    .collect();
            if (activity.end().position().isBefore(Lsn.min(end, controlFile.checkPoint()))) {
                notes.add(
                        "The source's WAL could be read up to " + activity.end().position()
                                + " only, so what is said of its branch is not all: "
                                + activity.end().detail() + ".");
            }
            return Optional.of(new DivergenceReport.Branch(
                    settings.source().description(), examined.source().history().timeline(), activity));
        } catch (IOException | PgRewindException e) {
            notes.add("The source's branch could not be read: " + PgRewindException.describe(e) + ".");
            return Optional.empty();
        }
    }

    /** WAL that is known to have been there and is not read any more would be missing from the report without a sign. */
    private void noteEnd(WalActivity lost, ControlFile controlFile) {
        Lsn known = Lsn.max(controlFile.checkPoint(), controlFile.minRecoveryPoint());
        if (lost.end().position().isBefore(known)) {
            notes.add("The report is not complete. The target wrote WAL beyond " + known + ", which can be read up to "
                    + lost.end().position() + " only: " + lost.end().detail() + ".");
        }
    }

    private void noteRoom(WalActivity lost) {
        WalActivity.Transactions transactions = lost.transactions();
        if (transactions.unlisted() > 0) {
            notes.add(transactions.unlisted() + " more committed transactions are counted and not listed.");
        }
        long partly = transactions.committed().stream()
                .filter(transaction -> !transaction.isComplete())
                .count();
        if (partly > 0) {
            notes.add(partly + " of the listed transactions are told without their relations, for want of room.");
        }
        if (transactions.unattributed().total() > 0) {
            notes.add(transactions.unattributed().total()
                    + " rows were changed by more open transactions than there was room for; they are in no sum.");
        }
        if (lost.otherRelations().isPresent()) {
            notes.add("More relations were changed than there was room for: the rest is told as one.");
        }
        if (lost.unlisted() > 0) {
            notes.add(lost.unlisted() + " more checkpoints, or databases and tablespaces, are not listed.");
        }
    }
}
