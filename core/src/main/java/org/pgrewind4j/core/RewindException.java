package org.pgrewind4j.core;

import java.io.Serial;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

    /** See {@link #problem()}. */
    private final transient @Nullable Problem problem;

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
        this.problem = null;
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
        this.problem = null;
    }

    /**
     * Creates an error that is told as a problem. Its message has one {@code HINT:} line: the problem's cure, and what the
     * failure left. {@link #problem} has both in its cure.
     *
     * @param targetState what it left
     * @param what what failed, ending where the problem's message goes on
     * @param problem the reason; its cure may be empty
     * @param cause the error underneath; null if there is none
     */
    public RewindException(TargetState targetState, String what, Problem problem, @Nullable Throwable cause) {
        super(what + problem.message() + "\nHINT: " + cure(problem, targetState));
        this.targetState = targetState;
        this.problem = new Problem(
                problem.kind(), problem.side(), problem.place(), problem.message(), cure(problem, targetState));
        if (cause != null) {
            initCause(cause);
        }
    }

    private static String cure(Problem problem, TargetState state) {
        String left = state(state);
        return problem.cure().isEmpty()
                ? left
                : problem.cure() + " " + left.substring(0, 1).toUpperCase(Locale.ROOT) + left.substring(1);
    }

    private static String stateHint(TargetState state) {
        return "\nHINT: " + state(state);
    }

    private static String state(TargetState state) {
        return switch (state) {
            case UNTOUCHED -> "the target is untouched; remove the cause and rewind again.";
            case RESUMABLE ->
                "the target is half applied and does not start; remove the cause and resume,"
                        + " which needs the source no longer.";
            case NEEDS_SOURCE ->
                "blocks of the target are overwritten and it does not start; remove the cause and rewind again,"
                        + " from this source or one that shares as much of its history.";
        };
    }

    /**
     * Why it failed.
     *
     * @return the reason with its side, path and cure; empty if it was cancelled or interrupted, or a program did wrong
     */
    public Optional<Problem> problem() {
        return Optional.ofNullable(problem);
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
