package org.pgrewind4j.testserver;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what a server does in its own time: returns as soon as it is done, and gives up loudly. */
final class Await {

    /** Far beyond what a loaded machine needs, so that no test depends on speed. */
    static final Duration LIMIT = Duration.ofMinutes(2);

    private static final long PAUSE_MILLIS = 20;

    private Await() {}

    static void until(BooleanSupplier condition, Supplier<String> whatFailed) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > LIMIT.toNanos()) {
                throw new TestServerException(whatFailed.get() + " within " + LIMIT.toSeconds() + " s");
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                throw TestServerException.interrupted("waiting", e);
            }
        }
    }
}
