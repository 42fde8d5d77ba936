package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.VisibleText;

/** A repository does not hold what it has to, or not in the form that it has to have. Nothing was changed because of it. */
public final class BackrestException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What is not as it has to be. */
    private final String file;

    /**
     * Creates the error.
     *
     * @param file the file of the repository that it lies in
     * @param message what was expected and found there
     */
    public BackrestException(String file, String message) {
        super(VisibleText.ofLines(file + ": " + message));
        this.file = VisibleText.of(file);
    }

    /** What was expected and found in a file. */
    static BackrestException in(Path file, String message) {
        return new BackrestException(file.toString(), message);
    }

    static BackrestException in(Path file, String message, Throwable cause) {
        BackrestException exception = in(file, message);
        exception.initCause(cause);
        return exception;
    }

    /** An error with its cure. */
    static BackrestException withHint(Path file, String message, String hint) {
        return in(file, PgRewindException.withHint(message, hint));
    }

    /** An error at a place that is more than a file. */
    static BackrestException at(String place, String message) {
        return new BackrestException(place, message);
    }

    static BackrestException at(String place, String message, Throwable cause) {
        BackrestException exception = at(place, message);
        exception.initCause(cause);
        return exception;
    }

    /**
     * Where the error lies.
     *
     * @return the file of the repository, and within a bundle the file of the cluster; safe to print
     */
    public String file() {
        return file;
    }
}
