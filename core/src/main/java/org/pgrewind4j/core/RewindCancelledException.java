package org.pgrewind4j.core;

import java.io.Serial;

/** A {@link Cancellation} ended a rewind before it was done. */
public final class RewindCancelledException extends RewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param targetState what the rewind left
     * @param message what was cancelled
     * @param cause what the cancellation made fail
     */
    public RewindCancelledException(TargetState targetState, String message, Throwable cause) {
        super(targetState, message, cause);
    }
}
