package org.pgrewind4j.core.internal.events;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.pgrewind4j.core.Phase;

/** How long each phase takes. */
public final class PhaseTimes {

    private final Map<Phase, Duration> times = new EnumMap<>(Phase.class);
    private long begun = System.nanoTime();

    /** Counts the time since the last call to a phase. */
    public void ended(Phase phase) {
        long now = System.nanoTime();
        times.merge(phase, Duration.ofNanos(now - begun), Duration::plus);
        begun = now;
    }

    public Map<Phase, Duration> times() {
        return Map.copyOf(times);
    }
}
