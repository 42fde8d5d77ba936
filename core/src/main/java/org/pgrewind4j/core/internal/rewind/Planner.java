package org.pgrewind4j.core.internal.rewind;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Compare;
import org.pgrewind4j.core.Examination;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.internal.area.OverwrittenBlocks;
import org.pgrewind4j.core.internal.area.SealedRewind;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.config.StandbyFiles;
import org.pgrewind4j.core.internal.rewind.evidence.LastSharedRecord;
import org.pgrewind4j.core.internal.rewind.evidence.LostEvidence;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.rewind.evidence.TargetScan;
import org.pgrewind4j.core.internal.rewind.rehearsal.ArchivedNamesakes;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.core.internal.stage.SealedBranch;
import org.pgrewind4j.core.report.DivergenceReport;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.control.ControlFile;

/** Collects and decides: the first two steps of a rewind. Reads only. */
public final class Planner {

    private final Settings settings;
    private final Preconditions preconditions = new Preconditions();

    public Planner(Settings settings) {
        this.settings = settings;
    }

    public PlannedRewind plan() throws IOException {
        settings.listener().phaseStarted(Phase.COLLECT);
        TargetDirectory directory = new TargetDirectory(settings, preconditions);
        if (!directory.isThere()) {
            return refused(null);
        }
        if (SealedRewind.isIn(settings.target())) {
            return resumed();
        }
        StagingArea area = new StagingArea(settings.target(), List.of());
        try (LocalDirectoryTransport target = LocalDirectoryTransport.openToLookAt(settings.target())) {
            Optional<ControlFile> controlFile = directory.controlFile(target, area);
            if (controlFile.isEmpty()) {
                return refused(null);
            }
            PlannedRewind plan = plan(target, controlFile.get());
            Optional<Problem> kept = OverwrittenBlocks.keptBy(plan.actions(), area);
            if (kept.isPresent() && plan.verdict() != Verdict.REFUSED) {
                preconditions.add(kept.get());
                return refused(plan.divergence().orElse(null));
            }
            return plan;
        }
    }

    /** As far as a plan without the scan, and without a look at files other than those that say who is who. */
    public Examination examine() throws IOException {
        settings.listener().phaseStarted(Phase.COLLECT);
        TargetDirectory directory = new TargetDirectory(settings, preconditions);
        if (!directory.isThere()) {
            return Examination.of(Verdict.REFUSED, preconditions.problems());
        }
        if (SealedRewind.isIn(settings.target())) {
            PlannedRewind resumed = resumed();
            return Examination.of(resumed.verdict(), resumed.problems());
        }
        StagingArea area = new StagingArea(settings.target(), List.of());
        try (LocalDirectoryTransport target = LocalDirectoryTransport.openToLookAt(settings.target())) {
            Optional<ControlFile> controlFile = directory.controlFile(target, area);
            if (controlFile.isEmpty()) {
                return Examination.of(Verdict.REFUSED, preconditions.problems());
            }
            Examined examined = new Examiner(settings, preconditions).examine(target, controlFile.get());
            List<Problem> problems = preconditions.problems();
            return examined.told(
                    settings.compare() == Compare.NEVER ? LostEvidence.withOffer(problems) : problems,
                    foreseen(examined.verdict()));
        }
    }

    /** What a plan would say, as far as it can be told without the scan. */
    private Verdict foreseen(Verdict found) {
        List<Problem> problems = preconditions.problems();
        boolean isForbidden = found == Verdict.REWIND && !problems.isEmpty();
        boolean isRefused = found == Verdict.REFUSED || isForbidden;
        boolean isAlways = settings.compare() == Compare.ALWAYS && isComparedAlways(found);
        if (isAlways || (isRefused && isCompared(problems))) {
            return Verdict.COMPARE;
        }
        return isForbidden ? Verdict.REFUSED : found;
    }

    /** What a rewind would lose; nothing is known of a target that an earlier rewind has sealed. */
    public Optional<DivergenceReport> lost() throws IOException {
        TargetDirectory.require(settings.target());
        return SealedRewind.isIn(settings.target()) ? Optional.empty() : LostWork.of(settings);
    }

    private PlannedRewind resumed() throws IOException {
        SealedBranch.check(settings.target(), settings.source()).ifPresent(preconditions::add);
        return preconditions.problems().isEmpty()
                ? PlannedRewind.of(settings, Verdict.RESUME, null, List.of())
                : refused(null);
    }

    private PlannedRewind plan(LocalDirectoryTransport target, ControlFile targetControl) throws IOException {
        Examined examined = new Examiner(settings, preconditions).examine(target, targetControl);
        if (settings.compare() == Compare.ALWAYS && isComparedAlways(examined.verdict())) {
            return compared(target, targetControl, examined);
        }
        PlannedRewind plan = byEvidence(target, targetControl, examined);
        if (plan.verdict() != Verdict.REFUSED) {
            return plan;
        }
        return isCompared(plan.problems()) ? compared(target, targetControl, examined) : offering(plan);
    }

    private PlannedRewind byEvidence(LocalDirectoryTransport target, ControlFile targetControl, Examined examined)
            throws IOException {
        return switch (examined.verdict()) {
            case REWIND -> scanned(target, examined);
            case NOT_NEEDED, CAN_FOLLOW, ALREADY_REWOUND ->
                PlannedRewind.of(
                                settings,
                                examined.verdict(),
                                examined.divergence().orElse(null),
                                List.of())
                        .withStandby(new StandbyFiles(settings.standby(), targetControl.version()));
            case RESUME, COMPARE, REFUSED -> refused(examined.divergence().orElse(null));
        };
    }

    private PlannedRewind scanned(LocalDirectoryTransport target, Examined examined) throws IOException {
        Cluster ofTarget = examined.target();
        Cluster ofSource = examined.source();
        Divergence divergence = examined.divergence().orElseThrow();
        settings.listener().phaseStarted(Phase.SCAN);
        try {
            TargetScan scan = TargetScan.of(settings, ofTarget, ofSource, divergence.position());
            preconditions.checkWalOf(ofSource.controlFile());
            preconditions.checkStarts(ofTarget.controlFile(), scan.changed(), divergence.position());
            LastSharedRecord.compareAt(settings, ofTarget, ofSource, divergence).ifPresent(preconditions::add);
            return new Decider(settings, ofTarget.controlFile(), ofSource, divergence, scan, examined.end())
                    .decide(target, preconditions);
        } catch (MissingWalException e) {
            preconditions.addMissing(e, ofTarget.controlFile());
        } catch (WalEndsTooEarlyException e) {
            preconditions.addEarlyEnd(e, ofTarget.controlFile());
        }
        return refused(divergence);
    }

    private PlannedRewind offering(PlannedRewind plan) {
        return settings.compare() == Compare.NEVER ? plan.because(LostEvidence.withOffer(plan.problems())) : plan;
    }

    /** Whether to compare where there would be something to do, or nothing. */
    private boolean isComparedAlways(Verdict found) {
        boolean isKnown = found == Verdict.REWIND || found == Verdict.NOT_NEEDED || found == Verdict.CAN_FOLLOW;
        List<Problem> problems = preconditions.problems();
        return isKnown && (problems.isEmpty() || LostEvidence.isAll(problems));
    }

    private boolean isCompared(List<Problem> problems) {
        return settings.compare() != Compare.NEVER && LostEvidence.isAll(problems);
    }

    /** The source's control file is read again, before the first file is looked at: see {@code LostEvidence}. */
    private PlannedRewind compared(LocalDirectoryTransport target, ControlFile targetControl, Examined examined)
            throws IOException {
        Preconditions ofPair = new Preconditions();
        ControlFile sourceControl = settings.source().controlFile();
        ofPair.checkPair(targetControl, sourceControl);
        ofPair.checkSource(
                sourceControl, settings.source().mode(), settings.source().problems());
        ofPair.checkWalOf(sourceControl);
        Divergence divergence = examined.divergence().orElse(null);
        if (!ofPair.problems().isEmpty()) {
            return PlannedRewind.of(settings, Verdict.REFUSED, divergence, ofPair.problems());
        }
        PlannedRewind plan = new Decider(
                        settings,
                        targetControl,
                        Cluster.ofSource(settings.source(), sourceControl),
                        divergence,
                        TargetScan.ofContents(sourceControl),
                        settings.source().replayEnd())
                .decide(target, ofPair);
        ArchivedNamesakes.unproven(plan.wal(), preconditions.problems()).ifPresent(ofPair::add);
        return plan.verdict() == Verdict.REFUSED || ofPair.problems().isEmpty()
                ? plan
                : PlannedRewind.of(settings, Verdict.REFUSED, divergence, ofPair.problems());
    }

    private PlannedRewind refused(@Nullable Divergence divergence) {
        return PlannedRewind.of(settings, Verdict.REFUSED, divergence, preconditions.problems());
    }
}
