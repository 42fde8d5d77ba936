package org.pgrewind4j.core.internal.events;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.internal.events.Events.PhaseEvent;

/**
 * Records each phase as an event, from its start to the start of the next one or to the end, takes its time, and passes all
 * on.
 */
public final class PhaseEvents implements RewindListener {

    private static final System.Logger LOG = System.getLogger(PhaseEvents.class.getName());

    private final RewindListener listener;
    private final Instant begun = Instant.now();
    private final Map<Phase, Duration> times = new EnumMap<>(Phase.class);
    private volatile @Nullable PhaseEvent current;
    private volatile @Nullable Phase phase;
    private volatile long phaseBegun;

    private PhaseEvents(RewindListener listener) {
        this.listener = listener;
    }

    public static PhaseEvents of(RewindListener listener) {
        return listener instanceof PhaseEvents events ? events : new PhaseEvents(listener);
    }

    /** When somebody began to listen. */
    public Instant begun() {
        return begun;
    }

    /** How long the phases of planning took. Those of an execution, which it listens to later, are not among them. */
    public synchronized Map<Phase, Duration> planning() {
        Map<Phase, Duration> planning = new EnumMap<>(times);
        planning.keySet().removeIf(taken -> taken.compareTo(Phase.DECIDE) > 0);
        return Collections.unmodifiableMap(planning);
    }

    @Override
    public void phaseStarted(Phase next) {
        endPhase();
        if (Events.areRecorded()) {
            PhaseEvent event = new PhaseEvent();
            event.phase = next.name();
            event.begin();
            current = event;
        }
        phaseBegun = System.nanoTime();
        phase = next;
        listener.phaseStarted(next);
    }

    @Override
    public void progressed(Progress progress) {
        PhaseEvent event = current;
        if (event != null) {
            event.bytes = progress.bytesDone();
        }
        listener.progressed(progress.after(elapsed()));
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - phaseBegun);
    }

    /** Ends the last phase: planning or executing is over, and went well. */
    @Override
    public void finished() {
        if (phase != null) {
            atTheEnd(told -> {
                endPhase();
                told.finished();
            });
        }
    }

    /** Ends the last phase: planning or executing is over, and failed. */
    @Override
    public void failed(Phase during, RuntimeException failure) {
        failed(failure);
    }

    /** Ends the last phase: planning or executing is over, and failed. */
    public void failed(RuntimeException failure) {
        Phase ended = phase;
        phase = null;
        commit();
        if (ended != null) {
            atTheEnd(told -> told.failed(ended, failure));
        }
    }

    /** It is done, or has failed already: a listener cannot change that. */
    private void atTheEnd(Consumer<RewindListener> end) {
        try {
            end.accept(listener);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a listener failed when it was told of the end", e);
        }
    }

    private void endPhase() {
        Phase ended = phase;
        phase = null;
        commit();
        if (ended != null) {
            Duration took = elapsed();
            synchronized (this) {
                times.merge(ended, took, Duration::plus);
            }
            listener.phaseFinished(ended, took);
        }
    }

    private void commit() {
        PhaseEvent event = current;
        current = null;
        if (event != null) {
            event.commit();
        }
    }
}
