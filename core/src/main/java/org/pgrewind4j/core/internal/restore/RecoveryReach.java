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
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupFacts;

/**
 * Whether replay from a backup can come to where it is to end. A server that cannot says so only once it is started
 * (PostgreSQL: {@code src/backend/access/transam/xlogrecovery.c}, "requested timeline ... is not a child of this server's
 * history", "requested recovery stop point is before consistent recovery point").
 */
final class RecoveryReach {

    private final RecoveryGoal goal;
    private final Backup backup;
    private final BackupFacts facts;

    RecoveryReach(RecoveryGoal goal, Backup backup) {
        this.goal = goal;
        this.backup = backup;
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
        Optional<TimelineId> timeline = numbered();
        if (timeline.isPresent() && !timeline.get().equals(facts.timeline())) {
            unreachable(timeline.get()).ifPresent(problems::add);
        }
        return problems;
    }

    private Optional<TimelineId> numbered() {
        return goal.timeline()
                .filter(text -> Character.isDigit(text.charAt(0)))
                .map(text -> new TimelineId(
                        text.startsWith("0x") || text.startsWith("0X")
                                ? Long.parseLong(text.substring(2), 16)
                                : Long.parseLong(text)));
    }

    /** A timeline of which the backup has no history may be known to the archive: then the server finds out. */
    private Optional<Problem> unreachable(TimelineId timeline) throws IOException {
        if (timeline.compareTo(facts.timeline()) < 0) {
            return Optional.of(problem(timeline, "it began before the backup's timeline " + facts.timeline()));
        }
        Optional<TimelineHistory> history = backup.history(facts.version(), timeline);
        if (history.isEmpty()) {
            return Optional.empty();
        }
        boolean isIn = history.get()
                .span(facts.timeline())
                .filter(span -> span.end().isAfter(facts.start()))
                .isPresent();
        return isIn
                ? Optional.empty()
                : Optional.of(problem(
                        timeline,
                        "it left the backup's timeline %s before the backup began at %s"
                                .formatted(facts.timeline(), facts.start())));
    }

    private static Problem problem(TimelineId timeline, String reason) {
        return new Problem(
                Kind.RECOVERY_TARGET_UNREACHABLE,
                "recovery along timeline " + timeline + " is not possible from this backup: " + reason,
                "restore an earlier backup, or choose another timeline.");
    }
}
