package org.pgrewind4j.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;

/**
 * The WAL that only the target has: what a rewind drops of it.
 *
 * @param from the divergence: the first position that is not shared
 * @param to where the target's WAL ends
 */
public record LostWal(Lsn from, Lsn to) {

    /**
     * Part of the target's branch.
     *
     * @param from the divergence
     * @param to where the target's WAL ends
     */
    public LostWal {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
    }

    /**
     * What lies between a divergence and an end.
     *
     * @param divergence where the histories part, if that is known
     * @param targetEnd where the target's WAL ends, if that is known
     * @return the WAL, empty if one of the two is not known or nothing lies between them
     */
    public static Optional<LostWal> between(Optional<Divergence> divergence, Optional<Lsn> targetEnd) {
        return divergence
                .map(Divergence::position)
                .filter(from -> targetEnd.isPresent() && targetEnd.get().isAfter(from))
                .map(from -> new LostWal(from, targetEnd.get()));
    }

    /**
     * How much it is.
     *
     * @return bytes of WAL
     */
    public long bytes() {
        return to.minus(from);
    }
}
