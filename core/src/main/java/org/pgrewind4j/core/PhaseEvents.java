package org.pgrewind4j.core;

import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Events.PhaseEvent;

/** Records each phase as an event, from its begin to the begin of the next one or to the end, and goes on telling. */
final class PhaseEvents implements RewindListener {

    private final RewindListener listener;
    private volatile @Nullable PhaseEvent current;

    private PhaseEvents(RewindListener listener) {
        this.listener = listener;
    }

    static PhaseEvents of(RewindListener listener) {
        return listener instanceof PhaseEvents events ? events : new PhaseEvents(listener);
    }

    @Override
    public void phaseStarted(Phase phase) {
        end();
        if (Events.areRecorded()) {
            PhaseEvent event = new PhaseEvent();
            event.phase = phase.name();
            event.begin();
            current = event;
        }
        listener.phaseStarted(phase);
    }

    @Override
    public void progressed(Progress progress) {
        PhaseEvent event = current;
        if (event != null) {
            event.bytes = progress.bytesDone();
        }
        listener.progressed(progress);
    }

    /** Ends the last phase: planning or executing is over, however it went. */
    void end() {
        PhaseEvent event = current;
        current = null;
        if (event != null) {
            event.commit();
        }
    }
}
