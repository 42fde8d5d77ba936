package org.pgrewind4j.core;

import java.io.Serial;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.PgRewindException;

/**
 * Something failed that is told as a {@link Problem}: one of the two sides could not be read, or not understood. Nothing was
 * changed because of it.
 */
public final class ProblemException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** See {@link #problem()}. */
    private final transient Problem problem;

    /**
     * Creates an error without a cause.
     *
     * @param problem what failed, on which side, and what to do about it
     */
    public ProblemException(Problem problem) {
        this(problem, null);
    }

    /**
     * Creates an error that another one led to.
     *
     * @param problem what failed, on which side, and what to do about it
     * @param cause the error underneath; null if there is none
     */
    public ProblemException(Problem problem, @Nullable Throwable cause) {
        super(problem.toString());
        this.problem = problem;
        if (cause != null) {
            initCause(cause);
        }
    }

    /**
     * What failed.
     *
     * @return the reason, for programs and for people
     */
    public Problem problem() {
        return problem;
    }
}
