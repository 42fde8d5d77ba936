package org.pgrewind4j.core.internal.stage;

import java.util.List;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.ReplayEnd;

/**
 * That a server can come to where it is told that replay ends. What the control file is given as its minimum recovery point is
 * held against the history when the server starts: the byte before the point is to be of the timeline that is given with it, or
 * the server ends at once ({@code src/backend/access/transam/xlogrecovery.c}, {@code InitWalRecovery}; before 15
 * {@code xlog.c}, {@code StartupXLOG}). So an end at the very position where the source's timeline begins will not do: a source
 * that is there has written nothing of its timeline.
 *
 * <p>That WAL reaches the end is known by then ({@code Rehearsal}), as far as anybody here has it. An end within a record does no
 * harm: the server is consistent behind the record that holds it.
 *
 * <p>Nothing should ever come to this; it is asked last, when all else has been settled, and before anything lasts.
 */
final class SealedReplayEnd {

    private SealedReplayEnd() {}

    static void require(ReplayEnd end, TimelineHistory history) {
        Lsn lsn = end.lsn();
        if (!lsn.isValid() || !history.timelineAt(lsn.plus(-1)).equals(end.timeline())) {
            TimelineId found = lsn.isValid() ? history.timelineAt(lsn.plus(-1)) : history.timeline();
            throw new RewindRefusedException(List.of(new Problem(
                    Kind.SOURCE_UNUSABLE,
                    "the source says that replay ends at " + lsn + " on timeline " + end.timeline()
                            + ", and by its history the WAL before that position is of timeline " + found,
                    "let the source write something, such as a CHECKPOINT, and rewind again.")));
        }
    }
}
