package org.pgrewind4j.examples;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.pgrewind4j.core.Cancellation;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.Transport;

/**
 * What an agent for high availability does with an old primary after a failover: it detects, decides, rewinds within a time,
 * and says in JSON what it did. One call is one turn of its loop, and tells what to do next.
 */
final class HaAgent {

    /** What to do after a turn. */
    enum Next {
        /** Start the server as a standby of the source. */
        START_AS_STANDBY,
        /** Nothing was lost: try again, when what the log says is seen to. */
        TRY_AGAIN,
        /** No rewind helps: re-create the server from a base backup. */
        RE_CREATE
    }

    private final Path oldPrimary;
    private final Duration time;
    private final Consumer<String> log;

    /**
     * An agent for one server.
     *
     * @param oldPrimary its data directory, on which no server runs
     * @param time what a turn may take; what is sealed by then is finished all the same
     * @param log receives lines, the last one of a rewind its report in JSON
     */
    HaAgent(Path oldPrimary, Duration time, Consumer<String> log) {
        this.oldPrimary = oldPrimary;
        this.time = time;
        this.log = log;
    }

    /** Takes a turn, with the new primary as the source. */
    Next turn(Transport newPrimary) {
        try {
            RewindPlan plan = Rewind.of(oldPrimary)
                    .from(newPrimary)
                    .cancelledBy(Cancellation.after(time))
                    .verify(Verify.RESULT)
                    .listener(new RewindListener() {
                        @Override
                        public void phaseStarted(Phase phase) {
                            log.accept(phase.toString());
                        }
                    })
                    .plan();
            Next next = next(plan.verdict(), plan.problems());
            plan.problems().forEach(problem -> log.accept(problem.toString()));
            if (next == Next.START_AS_STANDBY && !plan.verdict().losesNothing()) {
                log.accept(plan.execute().toJson());
            }
            return next;
        } catch (RewindException e) {
            // The next turn does what is left to do: it rewinds, or finishes what was sealed.
            log.accept(e.targetState() + ": " + e.getMessage());
            return Next.TRY_AGAIN;
        } catch (PgRewindException e) {
            log.accept(e.getMessage());
            return Next.TRY_AGAIN;
        }
    }

    /** Decides by the kinds of problems, which stay what they are, and not by their texts. */
    static Next next(Verdict verdict, List<Problem> problems) {
        if (verdict != Verdict.REFUSED) {
            return Next.START_AS_STANDBY;
        }
        return problems.stream().map(Problem::kind).anyMatch(HaAgent::isForGood) ? Next.RE_CREATE : Next.TRY_AGAIN;
    }

    private static boolean isForGood(Problem.Kind kind) {
        return switch (kind) {
            case DIFFERENT_SYSTEM,
                    DIFFERENT_RELEASE,
                    DIFFERENT_LAYOUT,
                    HINT_BITS_NOT_LOGGED,
                    WAL_LEVEL_MINIMAL,
                    NO_COMMON_HISTORY,
                    WAL_MISSING_FOR_SCAN -> true;
            default -> false;
        };
    }
}
