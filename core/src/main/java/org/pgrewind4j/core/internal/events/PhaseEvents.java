package org.pgrewind4j.core.internal.events;

import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.internal.events.Events.PhaseEvent;

/** Records each phase as an event, from its start to the start of the next one or to the end, and passes all on. */
public final class PhaseEvents implements RewindListener {

    private final RewindListener listener;
    private volatile @Nullable PhaseEvent current;

    private PhaseEvents(RewindListener listener) {
        this.listener = listener;
    }

    public static PhaseEvents of(RewindListener listener) {
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
    public void end() {
        PhaseEvent event = current;
        current = null;
        if (event != null) {
            event.commit();
        }
    }
}
