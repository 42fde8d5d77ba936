package org.pgrewind4j.transport.live;

import java.time.Duration;

/** A moment after which waiting ends. */
record Deadline(long nanoTime) {

    static Deadline after(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** How long it is until then, or a limit if that is shorter; not negative. */
    long remainingNanos(Duration limit) {
        return Math.max(0, Math.min(limit.toNanos(), nanoTime - System.nanoTime()));
    }

    boolean isOver() {
        return nanoTime - System.nanoTime() <= 0;
    }
}
