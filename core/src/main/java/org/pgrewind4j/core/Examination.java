package org.pgrewind4j.core;

import java.util.List;
import java.util.Optional;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Who diverged from whom, and where. Made by {@link Rewind#examine}, from control files, histories and the ends of WAL
 * alone.
 *
 * @param verdict what a plan would say; that can become {@link Verdict#COMPARE} by the scan. {@link Verdict#REWIND} is as far as it can be told without the scan: the target
 *     diverged, and nothing that was looked at forbids a rewind; a plan can still be refused
 * @param problems what forbids a rewind, as far as it can be told; none unless the verdict is {@code REFUSED}
 * @param divergence where the histories part; empty if it could not or need not be found
 * @param target what the target is; empty if the two cannot be compared
 * @param source what the source is; empty if the two cannot be compared
 */
public record Examination(
        Verdict verdict,
        List<Problem> problems,
        Optional<Divergence> divergence,
        Optional<Side> target,
        Optional<Side> source) {

    /**
     * What one side is.
     *
     * @param controlFile its control file
     * @param history its timelines, up to the one that it is on
     */
    public record Side(ControlFile controlFile, TimelineHistory history) {

        /**
         * The timeline that it is on: after a promotion at once the new one, though the last checkpoint may be on the one
         * before.
         *
         * @return the timeline
         */
        public TimelineId timeline() {
            return history.timeline();
        }
    }

    /**
     * Takes a copy of the list.
     *
     * @param verdict what a plan would say
     * @param problems what forbids a rewind
     * @param divergence where the histories part
     * @param target what the target is
     * @param source what the source is
     */
    public Examination {
        problems = List.copyOf(problems);
    }

    /**
     * Without a look at either side, for a target that an earlier rewind has a hold of.
     *
     * @param verdict what a plan would say
     * @param problems what forbids a rewind
     * @return an examination without facts
     */
    public static Examination of(Verdict verdict, List<Problem> problems) {
        return new Examination(verdict, problems, Optional.empty(), Optional.empty(), Optional.empty());
    }
}
