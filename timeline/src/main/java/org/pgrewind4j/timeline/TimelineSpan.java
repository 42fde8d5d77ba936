package org.pgrewind4j.timeline;

/**
 * The part of one timeline that belongs to a history (PostgreSQL: {@code src/include/access/timeline.h},
 * {@code TimeLineHistoryEntry}).
 *
 * @param timeline which timeline
 * @param begin its first position, {@link Lsn#INVALID} for the first timeline of a history
 * @param end the position where the next timeline begins, {@link Lsn#MAX} for the last timeline of a history
 */
public record TimelineSpan(TimelineId timeline, Lsn begin, Lsn end) {

    /**
     * Checks the order. A span may be empty: a server can be promoted twice at one position.
     *
     * @param timeline which timeline
     * @param begin its first position
     * @param end where it ends, exclusive
     * @throws IllegalArgumentException if the end is before the start
     */
    public TimelineSpan {
        if (end.isBefore(begin)) {
            throw new IllegalArgumentException(
                    "timeline " + timeline + " ends at " + end + ", before its start " + begin);
        }
    }

    /**
     * Whether a byte of WAL at a position is this timeline's.
     *
     * @param position the byte's position
     * @return true from {@link #begin} on and before {@link #end}
     */
    public boolean contains(Lsn position) {
        return !position.isBefore(begin) && position.isBefore(end);
    }

    /**
     * Whether the history continues in this timeline.
     *
     * @return true for the last span of a history
     */
    public boolean isOpen() {
        return end.equals(Lsn.MAX);
    }
}
