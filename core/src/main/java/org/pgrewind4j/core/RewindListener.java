package org.pgrewind4j.core;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Receives the progress of a rewind or a restore. Called by the thread that plans or executes, or by its workers, one
 * call at a time; it should return fast. What it throws ends the rewind as any other error does, but for what {@link
 * #finished} and {@link #failed} throw, which is logged and changes nothing any more.
 *
 * <p>A call of {@code plan}, {@code execute}, {@code resume} or {@code undo} that begins a phase is ended by one of {@link #finished} and
 * {@link #failed}.
 */
public interface RewindListener {

    /**
     * A phase begins.
     *
     * @param phase which one
     */
    default void phaseStarted(Phase phase) {}

    /**
     * A phase went on.
     *
     * @param progress how far it has come
     */
    default void progressed(Progress progress) {}

    /**
     * A phase is done, and did not fail.
     *
     * @param phase which one
     * @param took how long it took
     */
    default void phaseFinished(Phase phase, Duration took) {}

    /** Planning, executing or resuming is done. What it came to is what that call returns. */
    default void finished() {}

    /**
     * Planning, executing or resuming failed.
     *
     * @param phase in which phase
     * @param failure what that call throws
     */
    default void failed(Phase phase, RuntimeException failure) {}

    /**
     * A listener that does nothing.
     *
     * @return the listener
     */
    static RewindListener none() {
        return new RewindListener() {};
    }

    /**
     * Several listeners as one. At the end each is told, whatever another one throws.
     *
     * @param listeners each receives all, in this order
     * @return the listener
     */
    static RewindListener all(RewindListener... listeners) {
        List<RewindListener> all = List.of(listeners);
        return new RewindListener() {
            @Override
            public void phaseStarted(Phase phase) {
                all.forEach(listener -> listener.phaseStarted(phase));
            }

            @Override
            public void progressed(Progress progress) {
                all.forEach(listener -> listener.progressed(progress));
            }

            @Override
            public void phaseFinished(Phase phase, Duration took) {
                all.forEach(listener -> listener.phaseFinished(phase, took));
            }

            @Override
            public void finished() {
                atTheEnd(RewindListener::finished);
            }

            @Override
            public void failed(Phase phase, RuntimeException failure) {
                atTheEnd(listener -> listener.failed(phase, failure));
            }

            private void atTheEnd(Consumer<RewindListener> told) {
                RuntimeException first = null;
                for (RewindListener listener : all) {
                    try {
                        told.accept(listener);
                    } catch (RuntimeException e) {
                        if (first == null) {
                            first = e;
                        } else {
                            first.addSuppressed(e);
                        }
                    }
                }
                if (first != null) {
                    throw first;
                }
            }
        };
    }
}
