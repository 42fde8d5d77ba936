package org.pgrewind4j.core.internal.rewind;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.internal.area.FailureReason;
import org.pgrewind4j.core.internal.cluster.BackupLabel;
import org.pgrewind4j.core.internal.cluster.BackupSource;
import org.pgrewind4j.core.internal.cluster.BranchIdentity;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.cluster.Cluster.MissingHistoryException;
import org.pgrewind4j.core.internal.rewind.evidence.EndOfTarget;
import org.pgrewind4j.core.internal.rewind.evidence.LastSharedRecord;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.rewind.evidence.UnrecordedTimelineSwitch;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.DivergenceFinder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.MalformedHistoryException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.timeline.TimelineSpan;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.transport.local.PostmasterPid;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.UnsupportedVersionException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.control.ControlFileException;

/**
 * Finds out who diverged from whom, and where: all that control files, histories and the ends of WAL tell. What forbids
 * a rewind is added to the preconditions. Reads only, and lists no files.
 */
final class Examiner {

    private static final int LONGEST_LABEL = 64 * 1024;

    private final Settings settings;
    private final Preconditions preconditions;

    Examiner(Settings settings, Preconditions preconditions) {
        this.settings = settings;
        this.preconditions = preconditions;
    }

    /** The answer's verdict is {@code REWIND} if the target must be scanned, whatever forbids a rewind so far. */
    Examined examine(LocalDirectoryTransport target, ControlFile targetControl) throws IOException {
        Examined examined = Examined.of(targetControl);
        if (isSameDirectory()) {
            preconditions.add(new Problem(
                    Kind.SAME_DIRECTORY,
                    Side.BOTH,
                    settings.target().toString(),
                    "source and target are the same directory: \"" + settings.target() + "\"",
                    "name the new primary's data directory as the source."));
            return examined;
        }
        List<SourceProblem> ofServer;
        ControlFile sourceControl;
        try {
            ofServer = settings.source().problems();
            if (ofServer.stream().anyMatch(problem -> problem.kind() == SourceProblem.Kind.NOT_PERMITTED)) {
                // Not even its control file can be read; all that is missing is told at once.
                checkNotRunning();
                preconditions.checkServer(ofServer);
                preconditions.checkTarget(targetControl);
                return examined;
            }
            sourceControl = settings.source().controlFile();
        } catch (ProblemException e) {
            // Of a backup that no rewind can be made from.
            preconditions.add(e.problem());
            checkNotRunning();
            preconditions.checkTarget(targetControl);
            return examined;
        } catch (ControlFileException | UnsupportedVersionException e) {
            preconditions.add(
                    FailureReason.ofFile(Side.SOURCE, settings.source().description(), e));
            checkNotRunning();
            preconditions.checkTarget(targetControl);
            return examined;
        }
        preconditions.checkPair(targetControl, sourceControl);
        checkNotRunning();
        preconditions.checkSource(sourceControl, settings.source().mode(), ofServer);
        preconditions.checkTarget(targetControl);
        Optional<byte[]> label = label(target);
        if (!isComparable(targetControl, sourceControl)) {
            label.ifPresent(found -> refuseLabel());
            return examined;
        }
        Optional<Cluster> source = cluster(Side.SOURCE, settings.source(), sourceControl, List.of());
        Optional<Cluster> own = cluster(Side.TARGET, target, targetControl, settings.archives());
        if (source.isEmpty() || own.isEmpty()) {
            label.ifPresent(found -> refuseLabel());
            return examined;
        }
        Cluster ofSource = source.get();
        Cluster ofTarget = own.get();
        examined = examined.of(ofTarget, ofSource);
        if (label.isPresent()) {
            if (isRewound(label.get(), ofTarget, ofSource)) {
                return rewound(label.get(), examined, ofTarget, ofSource);
            }
            refuseLabel();
        }
        if (preconditions.has(Kind.TARGET_RUNNING)) {
            // Its WAL grows and its files change while they are read: nothing that they seem to say counts.
            return examined;
        }
        return compared(target, examined, ofTarget, ofSource);
    }

    /** Empty if the history of its timeline is not there, or damaged. A target can be compared without, a source cannot. */
    private Optional<Cluster> cluster(
            Side side, Transport transport, ControlFile controlFile, List<WalSegmentSource> archives)
            throws IOException {
        try {
            return Optional.of(
                    side == Side.SOURCE
                            ? Cluster.ofSource(transport, controlFile)
                            : Cluster.of(transport, controlFile, archives));
        } catch (MissingHistoryException e) {
            preconditions.add(e.problem(side == Side.TARGET ? Kind.HISTORY_UNKNOWN : Kind.SOURCE_UNUSABLE, side));
        } catch (MalformedHistoryException e) {
            preconditions.add(FailureReason.ofFile(side, e.file(), e));
        }
        return Optional.empty();
    }

    /** Each has a directory of this name, which no server makes a link. */
    private boolean isSameDirectory() throws IOException {
        DataPath global = DataPath.of("global");
        return settings.source().isSame(global, global.in(settings.target()));
    }

    /** A backup, and the archives, can be of a time before a failover: that nothing is to be done cannot be told by them. */
    private Problem sameTimeline(TimelineId timeline) {
        return new Problem(
                Kind.HISTORY_UNKNOWN,
                settings.source().description() + " is on timeline " + timeline
                        + " as the target is, and no archive knows of a newer one: whether there was a failover since cannot"
                        + " be told",
                "name the WAL archive that has the history file of the new primary's timeline, or rewind from a backup that was"
                        + " made since the failover.");
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
    private Examined rewound(byte[] label, Examined examined, Cluster ofTarget, Cluster ofSource) throws IOException {
        BranchIdentity.Match match = BackupLabel.branch(label).isPresent()
                ? BackupLabel.branch(label).get().compare(settings.source().wal(), ofSource)
                : LastSharedRecord.matchOfReplayEnd(settings, ofTarget, ofSource);
        String cure = "start the target as a standby until it is consistent, stop it, and rewind again.";
        switch (match) {
            case SAME -> {
                return examined.found(Verdict.ALREADY_REWOUND);
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
        return examined;
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

    /** Where the histories part, and whether the target wrote anything there. */
    private Examined compared(LocalDirectoryTransport target, Examined examined, Cluster ofTarget, Cluster ofSource)
            throws IOException {
        Optional<Divergence> parting = DivergenceFinder.find(ofTarget.history(), ofSource.history());
        if (parting.isEmpty()) {
            preconditions.add(
                    Kind.NO_COMMON_HISTORY,
                    "the histories share no timeline: the target's is %s, the source's %s"
                            .formatted(ofTarget.history(), ofSource.history()),
                    "check the paths; if they are right, re-create the target from a base backup.");
            return examined;
        }
        try {
            if (parting.get().kind() == Divergence.Kind.SAME_TIMELINE) {
                if (settings.source() instanceof BackupSource) {
                    preconditions.add(sameTimeline(ofSource.history().timeline()));
                    return examined.partingAt(parting.get());
                }
                Optional<Problem> difference = UnrecordedTimelineSwitch.check(settings, ofTarget, ofSource);
                if (difference.isEmpty()) {
                    difference = LastSharedRecord.compareEnds(settings, ofTarget, ofSource);
                }
                return nothingToRewind(target, examined.partingAt(parting.get()).found(Verdict.NOT_NEEDED), difference);
            }
            ReplayEnd end = settings.source().replayEnd();
            Divergence divergence = upTo(parting.get(), end.lsn());
            Examined parted = examined.partingAt(divergence).replayingTo(end);
            return endsBefore(divergence, ofTarget)
                    ? nothingToRewind(
                            target,
                            parted.found(Verdict.CAN_FOLLOW),
                            LastSharedRecord.compareEndOfTarget(settings, ofTarget, ofSource))
                    : parted.found(Verdict.REWIND);
        } catch (MissingWalException e) {
            preconditions.addMissing(e, ofTarget.controlFile());
        } catch (WalEndsTooEarlyException e) {
            preconditions.addEarlyEnd(e, ofTarget.controlFile());
        }
        return examined.partingAt(parting.get());
    }

    /**
     * Preconditions of a rewind are of no interest to one that is not needed. Whether it is cannot be told of sides
     * that may still be written to: what is true now need not be when the answer arrives.
     */
    private Examined nothingToRewind(LocalDirectoryTransport target, Examined examined, Optional<Problem> found)
            throws IOException {
        Optional<Problem> difference = found.isPresent()
                ? found
                : UnrecordedTimelineSwitch.checkTarget(settings, target, examined.target(), examined.source());
        difference.ifPresent(preconditions::add);
        return difference.isPresent() || preconditions.findServers() ? examined.found(Verdict.REFUSED) : examined;
    }

    /** A standby on the timeline that the target has left shares no more with it than it has got so far. */
    private static Divergence upTo(Divergence parting, Lsn end) {
        return parting.kind() == Divergence.Kind.SOURCE_IS_ANCESTOR && end.isBefore(parting.position())
                ? new Divergence(parting.kind(), parting.timeline(), end)
                : parting;
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
        EndOfWal end = new EndOfTarget(settings, ofTarget).read(divergence.position());
        return !end.position().isAfter(divergence.position());
    }
}
