package org.pgrewind4j.core;

/**
 * Receives the progress of a rewind or a restore. Called by the thread that plans or executes, or by its workers, one
 * call at a time; it should return fast. What it throws ends the rewind as any other error does.
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
     * A listener that does nothing.
     *
     * @return the listener
     */
    static RewindListener none() {
        return new RewindListener() {};
    }
}
