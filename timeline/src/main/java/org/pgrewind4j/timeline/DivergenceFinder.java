package org.pgrewind4j.timeline;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * Finds the last point that two histories share (PostgreSQL: {@code src/bin/pg_rewind/pg_rewind.c},
 * {@code findCommonAncestorTimeline}).
 *
 * <p>Two spans are of one timeline only if both its number and its start are equal: two servers that were promoted
 * apart from each other can both have chosen the same number.
 */
public final class DivergenceFinder {

    private DivergenceFinder() {}

    /**
     * Compares two histories.
     *
     * @param target the history of the cluster that is to be rewound
     * @param source the history of the cluster that it must follow
     * @return the last common point, empty if the histories share nothing
     */
    public static Optional<Divergence> find(TimelineHistory target, TimelineHistory source) {
        requireNonNull(target, "target");
        requireNonNull(source, "source");
        int shared = sharedSpans(target.spans(), source.spans());
        if (shared == 0) {
            return Optional.empty();
        }
        TimelineSpan ofTarget = target.spans().get(shared - 1);
        TimelineSpan ofSource = source.spans().get(shared - 1);
        return Optional.of(new Divergence(
                kind(shared == target.spans().size(), shared == source.spans().size()),
                ofTarget.timeline(),
                Lsn.min(ofTarget.end(), ofSource.end())));
    }

    private static int sharedSpans(List<TimelineSpan> target, List<TimelineSpan> source) {
        int shared = 0;
        while (shared < target.size()
                && shared < source.size()
                && isSameTimeline(target.get(shared), source.get(shared))) {
            shared++;
        }
        return shared;
    }

    private static boolean isSameTimeline(TimelineSpan a, TimelineSpan b) {
        return a.timeline().equals(b.timeline()) && a.begin().equals(b.begin());
    }

    private static Divergence.Kind kind(boolean targetStaysThere, boolean sourceStaysThere) {
        if (targetStaysThere) {
            return sourceStaysThere ? Divergence.Kind.SAME_TIMELINE : Divergence.Kind.TARGET_IS_ANCESTOR;
        }
        return sourceStaysThere ? Divergence.Kind.SOURCE_IS_ANCESTOR : Divergence.Kind.FORKED;
    }
}
