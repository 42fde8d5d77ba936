package org.pgrewind4j.core.internal.rewind;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.internal.events.RecordedSegment;
import org.pgrewind4j.core.internal.names.CatalogFiles;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.rewind.evidence.TargetWalChain;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.core.report.DivergenceReport;
import org.pgrewind4j.core.report.PreparedBefore;
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
    private final Preconditions preconditions;
    private final Examined examined;
    private final Lsn divergence;
    private final List<String> notes = new ArrayList<>();

    private LostWork(Settings settings, Preconditions preconditions, Examined examined, Divergence divergence) {
        this.settings = settings;
        this.preconditions = preconditions;
        this.examined = examined;
        this.divergence = divergence.position();
    }

    /** Empty if the target has nothing that the source does not have, or if that cannot be told. */
    static Optional<DivergenceReport> of(Settings settings) throws IOException {
        try (LocalDirectoryTransport target = LocalDirectoryTransport.openToLookAt(settings.target())) {
            Preconditions preconditions = new Preconditions();
            Examined examined = new Examiner(settings, preconditions)
                    .examine(target, TargetDirectory.controlFile(settings, target));
            Optional<Divergence> divergence =
                    examined.divergence().filter(parting -> parting.kind() != Divergence.Kind.SAME_TIMELINE);
            return examined.verdict() == Verdict.CAN_FOLLOW || divergence.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new LostWork(settings, preconditions, examined, divergence.get()).report(divergence.get()));
        }
    }

    private DivergenceReport report(Divergence parting) throws IOException {
        ControlFile controlFile = examined.target().controlFile();
        WalActivity lost = WalActivityCollector.of(
                        TargetWalChain.of(settings, controlFile, divergence),
                        controlFile.version(),
                        controlFile.walSegmentSize(),
                        examined.target().history())
                .from(divergence)
                .collect();
        DivergenceReport.Branch abandoned = new DivergenceReport.Branch(
                "data directory \"" + settings.target() + "\"",
                examined.target().history().timeline(),
                lost,
                UnreadWal.ofTarget(settings, examined, preconditions, parting, lost));
        abandoned.gaps().forEach(gap -> notes.add("The report is not complete: " + gap + "."));
        noteRoom(lost);
        Optional<DivergenceReport.Branch> kept = kept();
        notes.addAll(PreparedNotes.of(PreparedBefore.of(abandoned, kept)));
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
                abandoned,
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
            Optional<String> gap = UnreadWal.ofSource(controlFile, replayEnd, activity);
            gap.ifPresent(unread -> notes.add("What is said of the source's branch is not all: " + unread + "."));
            return Optional.of(new DivergenceReport.Branch(
                    settings.source().description(),
                    examined.source().history().timeline(),
                    activity,
                    gap.stream().toList()));
        } catch (IOException | PgRewindException e) {
            notes.add("The source's branch could not be read: " + PgRewindException.describe(e) + ".");
            return Optional.empty();
        }
    }

    private void noteRoom(WalActivity lost) {
        WalActivity.Transactions transactions = lost.transactions();
        if (transactions.unlisted() > 0) {
            notes.add(transactions.unlisted() + " more committed transactions are counted and not listed.");
        }
        long partly = Stream.concat(transactions.committed().stream(), transactions.prepared().stream())
                .filter(transaction -> !transaction.isComplete())
                .count();
        if (partly > 0) {
            notes.add(partly
                    + " of the listed transactions are told without some or all of their relations, for want of room.");
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
