package org.pgrewind4j.core.internal.rewind.evidence;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.internal.cluster.BranchIdentity;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.cluster.CommonWal;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.WalRecord;
import org.pgrewind4j.wal.scan.ChangedBlockCollector;

/**
 * Makes sure that both sides have the same WAL as far as their histories say so, by {@link CommonWal}. What cannot be
 * told is a problem as much as a difference is: where nothing is to be rewound the target would follow a branch that is
 * not its own, and no server would notice.
 */
public final class LastSharedRecord {

    private final Settings settings;
    private final Cluster target;
    private final Cluster source;

    private LastSharedRecord(Settings settings, Cluster target, Cluster source) {
        this.settings = settings;
        this.target = target;
        this.source = source;
    }

    /**
     * Compares what comes before the divergence. Replay will read the source's segment that holds the divergence, so an
     * archive that has it in the source's place will do. Where nobody has it, it is missing for replay.
     *
     * <p>The first timeline of all has no namesake, so that nothing but a difference counts there, or WAL that breaks off:
     * what is read between the redo point and the divergence is the target's own, so that a break in the source's segment
     * that holds the divergence, which is copied, would show when the server starts, and not before.
     */
    public static Optional<Problem> compareAt(
            Settings settings, Cluster ofTarget, Cluster ofSource, Divergence divergence) throws IOException {
        LastSharedRecord shared = new LastSharedRecord(settings, ofTarget, ofSource);
        CommonWal.Result result = shared.wal(settings.archives()).compare(divergence.position());
        boolean isFirstTimeline = !CommonWal.spanBefore(ofTarget.history(), divergence.position())
                .begin()
                .isValid();
        return result instanceof CommonWal.Unknown && isFirstTimeline
                ? Optional.empty()
                : shared.problem(whole(result, divergence.position()), divergence.position());
    }

    /** What is the same up to where one side breaks off is not known to be the same behind that. */
    private static CommonWal.Result whole(CommonWal.Result result, Lsn end) {
        return result instanceof CommonWal.Same same && same.isBefore(end)
                ? new CommonWal.Unknown(same.until())
                : result;
    }

    /** Compares up to the end of the side whose WAL ends first, where both are on the same timeline. */
    public static Optional<Problem> compareEnds(Settings settings, Cluster ofTarget, Cluster ofSource)
            throws IOException {
        LastSharedRecord shared = new LastSharedRecord(settings, ofTarget, ofSource);
        Lsn end = endOfTarget(settings, ofTarget).position();
        CommonWal.Result result = shared.wal(List.of()).compare(end);
        if (result instanceof CommonWal.Unknown) {
            Optional<Lsn> endOfSource = shared.endOfSource().filter(found -> found.isBefore(end));
            if (endOfSource.isPresent()) {
                result = shared.wal(List.of()).compare(endOfSource.get());
            }
        }
        return result instanceof CommonWal.Same same && same.isBefore(end)
                ? Optional.of(behind(end, same.until()))
                : shared.problem(result, end);
    }

    /** A standby asks its upstream for WAL from its own end on, and is refused WAL that is not there. */
    private static Problem behind(Lsn target, Lsn source) {
        return new Problem(
                Kind.SOURCE_BEHIND,
                "the target is ahead of the source: its WAL ends at %s, and the source's, which is the same so far, at %s"
                        .formatted(target, source),
                "let the source catch up with the primary that it follows, promote it and plan again, or choose another"
                        + " source.");
    }

    /** Compares up to the target's end, where its WAL ends before the histories part. */
    public static Optional<Problem> compareEndOfTarget(Settings settings, Cluster ofTarget, Cluster ofSource)
            throws IOException {
        LastSharedRecord shared = new LastSharedRecord(settings, ofTarget, ofSource);
        Lsn end = endOfTarget(settings, ofTarget).position();
        return shared.problem(whole(shared.wal(List.of()).compare(end), end), end);
    }

    /** Whether what a rewind by another program left is of the source's branch, up to where replay must go. */
    public static BranchIdentity.Match matchOfReplayEnd(Settings settings, Cluster ofTarget, Cluster ofSource)
            throws IOException {
        Lsn end = ofTarget.controlFile().minRecoveryPoint();
        CommonWal.Result result = whole(
                new LastSharedRecord(settings, ofTarget, ofSource)
                        .wal(List.of())
                        .compare(end),
                end);
        if (result instanceof CommonWal.Different) {
            return BranchIdentity.Match.DIFFERENT;
        }
        return result instanceof CommonWal.Same ? BranchIdentity.Match.SAME : BranchIdentity.Match.UNKNOWN;
    }

    /**
     * Where the target's WAL ends.
     *
     * @throws MissingWalException if its WAL is not all there
     * @throws WalEndsTooEarlyException if it is damaged
     */
    static EndOfWal endOfTarget(Settings settings, Cluster target) throws IOException {
        ControlFile controlFile = target.controlFile();
        EndOfTarget end = new EndOfTarget(settings, target);
        return end.proven(end.required(ChangedBlockCollector.of(
                                TargetWalChain.of(settings, controlFile, Lsn.INVALID),
                                controlFile.version(),
                                controlFile.walSegmentSize(),
                                target.history()))
                        .redo(controlFile.checkPointCopy().redo())
                        .collect())
                .end();
    }

    /** Where the source's WAL ends, empty if it is not all there. */
    private Optional<Lsn> endOfSource() throws IOException {
        ControlFile controlFile = source.controlFile();
        try {
            return Optional.of(ChangedBlockCollector.of(
                            settings.source().wal(),
                            controlFile.version(),
                            controlFile.walSegmentSize(),
                            source.history())
                    .redo(controlFile.checkPointCopy().redo())
                    .holding(controlFile.checkPoint())
                    .collect()
                    .end()
                    .position());
        } catch (MissingWalException | WalEndsTooEarlyException e) {
            return Optional.empty();
        }
    }

    /** The target's own WAL and its archives', and the source's own with what may stand in for it. */
    private CommonWal wal(List<WalSegmentSource> inPlaceOfSource) throws IOException {
        List<WalSegmentSource> ofTarget = new ArrayList<>();
        ofTarget.add(ownWal(settings, target.controlFile()));
        ofTarget.addAll(settings.archives());
        List<WalSegmentSource> ofSource = new ArrayList<>();
        ofSource.add(settings.source().wal());
        ofSource.addAll(inPlaceOfSource);
        return new CommonWal(
                target.controlFile(),
                new CommonWal.Side(WalSegmentSource.firstOf(ofTarget), target.history()),
                new CommonWal.Side(WalSegmentSource.firstOf(ofSource), source.history()));
    }

    static WalSegmentSource ownWal(Settings settings, ControlFile controlFile) throws IOException {
        DataPath directory = DataPath.of(controlFile.version().walDirectory());
        return new DirectoryWalSource(DataDirectory.of(settings.target()).resolve(directory));
    }

    private Optional<Problem> problem(CommonWal.Result result, Lsn end) {
        if (result instanceof CommonWal.Different different) {
            return Optional.of(differs(different.ofTarget(), different.ofSource()));
        }
        return result instanceof CommonWal.Unknown ? Optional.of(unknown(end)) : Optional.empty();
    }

    private static Problem differs(WalRecord ofTarget, WalRecord ofSource) {
        return new Problem(
                Kind.HISTORY_DIFFERS,
                String.format(
                                Locale.ROOT,
                                "the histories look alike, but the record at %s is not the same: CRC %08X on the target, %08X on the",
                                ofTarget.begin(),
                                ofTarget.crc(),
                                ofSource.crc())
                        + " source; both were promoted apart from each other to the same timeline",
                "re-create the target from a base backup.");
    }

    private Problem unknown(Lsn end) {
        WalSegmentName segment = WalSegmentName.containing(
                target.history().timelineAt(end.plus(-1)),
                end.plus(-1),
                target.controlFile().walSegmentSize());
        return new Problem(
                Kind.HISTORY_UNKNOWN,
                "it cannot be told whether both have the same history up to %s: target and source have no WAL in common that shows it, such as segment %s"
                        .formatted(end, segment),
                "bring that segment and those after it back into the source's "
                        + target.controlFile().version().walDirectory()
                        + " from the source's own WAL archive, or re-create the target from a base backup.");
    }
}
