package org.pgrewind4j.timeline;

/**
 * The last point that two histories share.
 *
 * @param kind how the two histories lie to each other
 * @param timeline the timeline on which they part
 * @param position the first position that is not shared: the end of the last shared record, if WAL goes that far;
 *     {@link Lsn#MAX} if no switch point parts the histories
 */
public record Divergence(Kind kind, TimelineId timeline, Lsn position) {

    /** How the target's history lies to the source's. */
    public enum Kind {
        /** Both are on the same timeline by history; whether their WAL is the same, histories cannot tell. */
        SAME_TIMELINE,
        /**
         * The source switched away from the target's present timeline. The target needs a rewind only if its WAL goes
         * past the switch point.
         */
        TARGET_IS_ANCESTOR,
        /** The target switched away from the source's present timeline. */
        SOURCE_IS_ANCESTOR,
        /** Both switched away from the shared timeline. */
        FORKED
    }
}
