package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineSpan;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Whether replay from a backup can come to where it is to end. A server that cannot says so only once it is started
 * (PostgreSQL: {@code src/backend/access/transam/xlogrecovery.c}, "requested timeline ... is not a child of this server's
 * history", "WAL ends before end of online backup", "requested recovery stop point is before consistent recovery point").
 *
 * <p>Both the backup's start and its stop must lie on the history of the timeline that is followed: a timeline that forked
 * between the two has none of the WAL that makes the backup consistent.
 */
final class RecoveryReach {

    private final RecoveryGoal goal;
    private final Backup backup;
    private final ControlFile stored;
    private final BackupFacts facts;

    RecoveryReach(RecoveryGoal goal, Backup backup, ControlFile stored) {
        this.goal = goal;
        this.backup = backup;
        this.stored = stored;
        this.facts = backup.facts();
    }

    List<Problem> problems() throws IOException {
        List<Problem> problems = new ArrayList<>();
        if (goal.kind() == RecoveryGoal.Kind.LSN && Lsn.parse(goal.target()).isBefore(facts.stop())) {
            problems.add(new Problem(
                    Kind.RECOVERY_TARGET_UNREACHABLE,
                    "recovery is to end at %s, before backup \"%s\" is consistent at %s"
                            .formatted(goal.target(), facts.label(), facts.stop()),
                    "restore an earlier backup, or choose a later position."));
        }
        Optional<FollowedTimeline> followed = FollowedTimeline.of(goal, backup, stored);
        if (followed.isPresent() && !followed.get().timeline().equals(facts.timeline())) {
            unreachable(followed.get()).ifPresent(problems::add);
        }
        return problems;
    }

    /** A timeline of which the backup has no history may be known to the archive: then the server finds out. */
    private Optional<Problem> unreachable(FollowedTimeline followed) throws IOException {
        if (followed.timeline().compareTo(facts.timeline()) < 0) {
            return Optional.of(problem(followed, "it began before the backup's timeline " + facts.timeline()));
        }
        Optional<TimelineHistory> history = backup.history(facts.version(), followed.timeline());
        return history.flatMap(this::missing).map(reason -> problem(followed, reason));
    }

    private Optional<String> missing(TimelineHistory history) {
        Optional<TimelineSpan> ofStart = history.span(facts.timeline());
        if (ofStart.isEmpty()) {
            return Optional.of("the backup's timeline %s is not in its history".formatted(facts.timeline()));
        }
        if (!ofStart.get().end().isAfter(facts.start())) {
            return Optional.of("it left the backup's timeline %s at %s, before the backup began at %s"
                    .formatted(facts.timeline(), ofStart.get().end(), facts.start()));
        }
        boolean isComplete = history.span(facts.stopTimeline())
                .filter(span -> !span.end().isBefore(facts.stop()))
                .isPresent();
        return isComplete
                ? Optional.empty()
                : Optional.of("it left the backup's timeline %s at %s, before the backup was complete at %s"
                        .formatted(facts.timeline(), ofStart.get().end(), facts.stop()));
    }

    private static Problem problem(FollowedTimeline followed, String reason) {
        return new Problem(
                Kind.RECOVERY_TARGET_UNREACHABLE,
                "recovery along " + followed + " is not possible from this backup: " + reason,
                "restore another backup, or choose another timeline.");
    }
}
