package org.pgrewind4j.core;

import java.io.Serial;
import org.pgrewind4j.timeline.PgRewindException;

/** An execution failed. {@link #targetState()} says in what state it left the target. */
public sealed class RewindException extends PgRewindException permits RewindCancelledException, VerificationException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** In what state a failed execution left the target. */
    public enum TargetState {
        /** Nothing of the target was changed; it starts as before. */
        UNTOUCHED,
        /**
         * The target does not start, and {@link Rewind#resume} finishes what was begun, without the source. Nothing is
         * lost.
         */
        RESUMABLE,
        /**
         * The target does not start: an execution {@linkplain CopyMode#IN_PLACE in place} ended before its seal. Another
         * {@link Rewind} of it, to a source that shares as much of its history, makes it whole.
         */
        NEEDS_SOURCE
    }

    /** See {@link #targetState()}. */
    private final TargetState targetState;

    /**
     * Creates an error that another one led to.
     *
     * @param targetState what it left
     * @param message what failed
     * @param cause the error underneath
     */
    public RewindException(TargetState targetState, String message, Throwable cause) {
        super(message + stateHint(targetState), cause);
        this.targetState = targetState;
    }

    /**
     * Creates an error without a cause.
     *
     * @param targetState what it left
     * @param message what failed
     */
    public RewindException(TargetState targetState, String message) {
        super(message + stateHint(targetState));
        this.targetState = targetState;
    }

    private static String stateHint(TargetState state) {
        return switch (state) {
            case UNTOUCHED -> "\nHINT: the target is untouched; remove the cause and rewind again.";
            case RESUMABLE ->
                "\nHINT: the target is half applied and does not start; remove the cause and resume,"
                        + " which needs the source no longer.";
            case NEEDS_SOURCE ->
                "\nHINT: blocks of the target are overwritten and it does not start; remove the cause and rewind again,"
                        + " from this source or one that shares as much of its history.";
        };
    }

    /**
     * In what state the target is.
     *
     * @return what the failure left
     */
    public TargetState targetState() {
        return targetState;
    }
}
