package org.pgrewind4j.core.internal.rewind;

import java.io.IOException;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.internal.rewind.evidence.EndOfTarget;
import org.pgrewind4j.core.internal.rewind.evidence.LastSharedRecord;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.scan.WalActivity;

/**
 * Tells whether the WAL that was read of a branch is all that was written on it. That nothing was found is no statement
 * unless it is:
 *
 * <ul>
 * <li>What the target's control file names must have been read: its checkpoint, and its minimum recovery point.
 * <li>Nothing may lie behind the end, as {@link EndOfTarget} proves it for a scan.
 * <li>If no record was read, the end is none of the target's. Then its WAL, read from its last checkpoint on, must end at the
 *     divergence or before it.
 * <li>The divergence must be one: both sides have the same WAL before it.
 * </ul>
 */
final class UnreadWal {

    private static final Set<Kind> HIDING = EnumSet.of(
            Kind.WAL_MISSING_FOR_SCAN,
            Kind.WAL_ENDS_EARLY,
            Kind.HISTORY_DIFFERS,
            Kind.HISTORY_UNKNOWN,
            Kind.TARGET_NOT_CONSISTENT,
            Kind.TARGET_RUNNING);

    private final Settings settings;
    private final Examined examined;
    private final Divergence divergence;
    private final Set<String> gaps = new LinkedHashSet<>();

    private UnreadWal(Settings settings, Examined examined, Divergence divergence) {
        this.settings = settings;
        this.examined = examined;
        this.divergence = divergence;
    }

    /** What keeps the target's branch from being known, in clauses; none if all of it was read. */
    static List<String> ofTarget(
            Settings settings,
            Examined examined,
            Preconditions preconditions,
            Divergence divergence,
            WalActivity activity)
            throws IOException {
        UnreadWal unread = new UnreadWal(settings, examined, divergence);
        preconditions.problems().stream()
                .filter(problem -> HIDING.contains(problem.kind()))
                .map(Problem::message)
                .forEach(unread.gaps::add);
        try {
            unread.checkEnd(activity);
            unread.checkSharedWal();
        } catch (MissingWalException | WalEndsTooEarlyException e) {
            unread.gaps.add(PgRewindException.withoutHint(e));
        }
        return List.copyOf(unread.gaps);
    }

    private void checkEnd(WalActivity activity) throws IOException {
        ControlFile controlFile = examined.target().controlFile();
        EndOfWal end = activity.end();
        EndOfTarget endOfTarget = new EndOfTarget(settings, examined.target());
        Lsn known = Lsn.max(controlFile.checkPoint(), controlFile.minRecoveryPoint());
        if (activity.records() == 0) {
            if (known.isAfter(divergence.position())) {
                gaps.add("the target wrote WAL up to " + known + " at least, and none of it behind the divergence at "
                        + divergence.position() + " can be read: " + missing(end));
            } else if (endOfTarget.read(divergence.position()).position().isAfter(divergence.position())) {
                gaps.add("the target wrote WAL behind the divergence at " + divergence.position()
                        + ", and none of it can be read: " + missing(end));
            }
        } else if (end.position().isBefore(known) || !end.position().isAfter(controlFile.checkPoint())) {
            gaps.add("the target wrote WAL beyond " + known + ", which can be read up to " + end.position() + " only: "
                    + missing(end));
        } else {
            endOfTarget.prove(end);
        }
    }

    private void checkSharedWal() throws IOException {
        if (examined.verdict() == Verdict.REWIND) {
            LastSharedRecord.compareAt(settings, examined.target(), examined.source(), divergence)
                    .map(Problem::message)
                    .ifPresent(gaps::add);
        }
    }

    /** What keeps the source's branch from being known up to its end; none if all of it was read. */
    static Optional<String> ofSource(ControlFile controlFile, @Nullable ReplayEnd replayEnd, WalActivity activity) {
        EndOfWal end = activity.end();
        Lsn known = replayEnd == null ? controlFile.checkPoint() : replayEnd.lsn();
        return end.reason() != EndOfWal.Reason.LIMIT && end.position().isBefore(known)
                ? Optional.of("the source's WAL could be read up to " + end.position() + " only: " + missing(end))
                : Optional.empty();
    }

    private static String missing(EndOfWal end) {
        return end.reason() == EndOfWal.Reason.MISSING_SEGMENT
                ? "segment " + end.segment().fileName() + " is missing"
                : end.detail().lines().findFirst().orElse("") + " (segment "
                        + end.segment().fileName() + ")";
    }
}
