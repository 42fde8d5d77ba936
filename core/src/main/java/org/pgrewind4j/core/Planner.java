package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.DivergenceFinder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineSpan;
import org.pgrewind4j.transport.LocalDirectoryTransport;
import org.pgrewind4j.transport.PostmasterPid;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.wal.ChangedBlockCollector;
import org.pgrewind4j.wal.ChangedBlocks;
import org.pgrewind4j.wal.ClusterState;
import org.pgrewind4j.wal.ControlFile;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;

/** Collects and decides: the first two steps of a rewind. Reads only. */
final class Planner {

    private static final int LONGEST_LABEL = 64 * 1024;

    private final Settings settings;
    private final Preconditions preconditions = new Preconditions();

    Planner(Settings settings) {
        this.settings = settings;
    }

    PlannedRewind plan() throws IOException {
        settings.listener().phaseStarted(Phase.COLLECT);
        if (SealedRewind.isIn(settings.target())) {
            SealedBranch.check(settings.target(), settings.source()).ifPresent(preconditions::add);
            return preconditions.problems().isEmpty()
                    ? PlannedRewind.of(settings, Verdict.RESUME, null, List.of())
                    : refused(null);
        }
        StagingArea area = new StagingArea(settings.target(), List.of());
        try (LocalDirectoryTransport target = LocalDirectoryTransport.openToLookAt(settings.target())) {
            ControlFile targetControl = targetControl(target, area);
            PlannedRewind plan = plan(target, targetControl);
            Optional<Problem> kept = OverwrittenBlocks.keptBy(plan.actions(), area);
            if (kept.isPresent() && plan.verdict() != Verdict.REFUSED) {
                preconditions.add(kept.get());
                return refused(plan.divergence().orElse(null));
            }
            return switch (plan.verdict()) {
                case NOT_NEEDED, CAN_FOLLOW, ALREADY_REWOUND ->
                    plan.withStandby(new StandbyFiles(settings.standby(), targetControl.version()));
                case REWIND, RESUME, REFUSED -> plan;
            };
        }
    }

    /** An execution in place that was interrupted has left the control file aside. */
    private static ControlFile targetControl(LocalDirectoryTransport target, StagingArea area) throws IOException {
        return area.state() == StagingArea.State.OVERWRITING
                ? ControlFile.parse(Files.readAllBytes(area.plannedControlFile()))
                : target.controlFile();
    }

    private PlannedRewind plan(LocalDirectoryTransport target, ControlFile targetControl) throws IOException {
        List<SourceProblem> ofServer = settings.source().problems();
        if (ofServer.stream().anyMatch(problem -> problem.kind() == SourceProblem.Kind.NOT_PERMITTED)) {
            // Not even its control file can be read; all that is missing is told at once.
            checkNotRunning();
            preconditions.checkServer(ofServer);
            preconditions.checkTarget(targetControl);
            return refused(null);
        }
        ControlFile sourceControl = settings.source().controlFile();
        preconditions.checkPair(targetControl, sourceControl);
        checkNotRunning();
        preconditions.checkSource(sourceControl, ofServer);
        preconditions.checkTarget(targetControl);
        Optional<byte[]> label = label(target);
        if (!isComparable(targetControl, sourceControl)) {
            label.ifPresent(found -> refuseLabel());
            return refused(null);
        }
        Cluster ofTarget = Cluster.of(target, targetControl, settings.archives());
        Cluster ofSource = Cluster.of(settings.source(), sourceControl);
        if (label.isPresent()) {
            if (isRewound(label.get(), ofTarget, ofSource)) {
                return rewound(label.get(), ofTarget, ofSource);
            }
            refuseLabel();
        }
        Optional<Divergence> divergence = DivergenceFinder.find(ofTarget.history(), ofSource.history());
        if (divergence.isEmpty()) {
            preconditions.add(
                    Kind.NO_COMMON_HISTORY,
                    "the histories share no timeline: the target's is %s, the source's %s"
                            .formatted(ofTarget.history(), ofSource.history()),
                    "check the paths; if they are right the target must be made anew.");
            return refused(null);
        }
        try {
            return divergence.get().kind() == Divergence.Kind.SAME_TIMELINE
                    ? sameTimeline(target, ofTarget, ofSource, divergence.get())
                    : diverged(target, ofTarget, ofSource, divergence.get());
        } catch (MissingWalException e) {
            preconditions.add(
                    Kind.WAL_MISSING_FOR_SCAN,
                    PgRewindException.withoutHint(e),
                    "bring the segments back into the target's "
                            + targetControl.version().walDirectory() + ", or name an archive that has them.");
            return refused(divergence.get());
        } catch (WalEndsTooEarlyException e) {
            preconditions.add(
                    Kind.WAL_ENDS_EARLY,
                    PgRewindException.withoutHint(e),
                    "bring an undamaged segment " + e.end().segment() + " back into the target's "
                            + targetControl.version().walDirectory()
                            + " from a WAL archive, or re-create the target from a base backup.");
            return refused(divergence.get());
        }
    }

    /** Whether one's files mean the same in the other. */
    private static boolean isComparable(ControlFile target, ControlFile source) {
        return target.systemIdentifier() == source.systemIdentifier()
                && target.version() == source.version()
                && target.blockSize() == source.blockSize()
                && target.relationSegmentBlocks() == source.relationSegmentBlocks()
                && target.walBlockSize() == source.walBlockSize()
                && target.walSegmentSize() == source.walSegmentSize();
    }

    private PlannedRewind refused(@Nullable Divergence divergence) {
        return PlannedRewind.of(settings, Verdict.REFUSED, divergence, preconditions.problems());
    }

    private void checkNotRunning() throws IOException {
        PostmasterPid.read(settings.target())
                .flatMap(PostmasterPid::signOfLife)
                .ifPresent(sign -> preconditions.add(
                        Kind.TARGET_RUNNING,
                        "a server runs on the target: " + sign,
                        "stop it; if it is none, remove \"postmaster.pid\" from the target."));
    }

    private static Optional<byte[]> label(LocalDirectoryTransport target) throws IOException {
        try {
            return Optional.of(target.read(BackupLabel.PATH, LONGEST_LABEL));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether the target holds what a finished rewind to this source leaves: then nothing may be changed any more. A
     * server that starts moves the label away, and an unfinished copy has another state in its control file, which is
     * written last.
     */
    private static boolean isRewound(byte[] label, Cluster ofTarget, Cluster ofSource) {
        ControlFile controlFile = ofTarget.controlFile();
        return BackupLabel.isOfRewind(label)
                && controlFile.state() == ClusterState.IN_ARCHIVE_RECOVERY
                && controlFile
                        .minRecoveryPointTimeline()
                        .flatMap(ofSource.history()::span)
                        .filter(span -> reaches(span, controlFile.minRecoveryPoint()))
                        .isPresent();
    }

    /** What isRewound found has the right numbers; the branch is to be the source's too. */
    private PlannedRewind rewound(byte[] label, Cluster ofTarget, Cluster ofSource) throws IOException {
        BranchIdentity.Match match = BackupLabel.branch(label).isPresent()
                ? BackupLabel.branch(label).get().compare(settings.source().wal(), ofSource)
                : SharedRecord.matchOfReplayEnd(settings, ofTarget, ofSource);
        String cure = "start the target as a standby until it is consistent, stop it, and rewind again.";
        switch (match) {
            case SAME -> {
                return PlannedRewind.of(settings, Verdict.ALREADY_REWOUND, null, List.of());
            }
            case DIFFERENT ->
                preconditions.add(
                        Kind.BACKUP_LABEL_PRESENT,
                        "the target was rewound to another branch than the source's, though both are on timeline "
                                + ofSource.history().timeline() + ", and was not started since",
                        cure);
            case UNKNOWN ->
                preconditions.add(
                        Kind.HISTORY_UNKNOWN,
                        "the target was rewound to timeline "
                                + ofSource.history().timeline()
                                + " and not started since, and it cannot be told whether that is the source's branch: the"
                                + " source no longer has the WAL that shows it",
                        cure);
        }
        return refused(null);
    }

    private void refuseLabel() {
        preconditions.add(
                Kind.BACKUP_LABEL_PRESENT,
                "the target holds a backup_label: it is a backup that was never started, an interrupted exclusive"
                        + " backup, or was rewound to another cluster",
                "start it as a standby until it is consistent, or, if it was the primary and crashed during an"
                        + " exclusive backup, remove the file; then rewind again.");
    }

    private static boolean reaches(TimelineSpan span, Lsn end) {
        return span.begin().isBefore(end) && !end.isAfter(span.end());
    }

    private PlannedRewind sameTimeline(
            LocalDirectoryTransport target, Cluster ofTarget, Cluster ofSource, Divergence divergence)
            throws IOException {
        Optional<Problem> leaving = LearnedTimeline.check(settings, ofTarget, ofSource);
        if (leaving.isEmpty()) {
            leaving = SharedRecord.compareEnds(settings, ofTarget, ofSource);
        }
        if (leaving.isEmpty()) {
            leaving = LearnedTimeline.checkTarget(target, settings.source(), ofTarget, ofSource);
        }
        return nothingToRewind(Verdict.NOT_NEEDED, divergence, leaving);
    }

    /** Preconditions of a rewind are of no interest to one that is not needed. */
    private PlannedRewind nothingToRewind(Verdict verdict, Divergence divergence, Optional<Problem> difference) {
        difference.ifPresent(preconditions::add);
        return difference.isPresent()
                ? refused(divergence)
                : PlannedRewind.of(settings, verdict, divergence, List.of());
    }

    /** A standby on the timeline that the target has left shares no more with it than it has got so far. */
    private static Divergence upTo(Divergence parting, Lsn end) {
        return parting.kind() == Divergence.Kind.SOURCE_IS_ANCESTOR && end.isBefore(parting.position())
                ? new Divergence(parting.kind(), parting.timeline(), end)
                : parting;
    }

    private PlannedRewind diverged(
            LocalDirectoryTransport target, Cluster ofTarget, Cluster ofSource, Divergence parting) throws IOException {
        ReplayEnd end = settings.source().replayEnd();
        Divergence divergence = upTo(parting, end.lsn());
        if (endsBefore(divergence, ofTarget)) {
            Optional<Problem> difference = SharedRecord.compareEndOfTarget(settings, ofTarget, ofSource);
            return nothingToRewind(
                    Verdict.CAN_FOLLOW,
                    divergence,
                    difference.isPresent()
                            ? difference
                            : LearnedTimeline.checkTarget(target, settings.source(), ofTarget, ofSource));
        }
        settings.listener().phaseStarted(Phase.SCAN);
        TargetScan scan = TargetScan.of(settings, ofTarget, ofSource, divergence.position());
        preconditions.checkWalOf(ofSource.controlFile());
        preconditions.checkStarts(ofTarget.controlFile(), scan.changed(), divergence.position());
        SharedRecord.compareAt(settings, ofTarget, ofSource, divergence).ifPresent(preconditions::add);
        return new Decider(settings, ofTarget.controlFile(), ofSource, divergence, scan, end)
                .decide(target, preconditions);
    }

    /**
     * Whether the target wrote nothing past the divergence. Its control file often proves that it did; else its WAL is
     * read from its last checkpoint on.
     */
    private boolean endsBefore(Divergence divergence, Cluster ofTarget) throws IOException {
        ControlFile controlFile = ofTarget.controlFile();
        Lsn known = Lsn.max(controlFile.checkPoint(), controlFile.minRecoveryPoint());
        if (known.isAfter(divergence.position())) {
            return false;
        }
        EndOfTarget end = new EndOfTarget(settings, ofTarget);
        ChangedBlocks tail = end.proven(end.required(ChangedBlockCollector.of(
                        ScanWal.of(settings, controlFile, divergence.position()),
                        controlFile.version(),
                        controlFile.walSegmentSize(),
                        ofTarget.history()))
                .redo(controlFile.checkPointCopy().redo())
                .collect());
        return !tail.end().position().isAfter(divergence.position());
    }
}
