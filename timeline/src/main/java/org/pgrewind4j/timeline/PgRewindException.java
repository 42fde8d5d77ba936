package org.pgrewind4j.timeline;

import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/**
 * Root of the library's errors. Messages are lower case, say what failed and where, what was expected and what was
 * found, and end with a {@code HINT:} line that names the cure where there is one. They hold no control character but line
 * breaks, see {@link VisibleText}.
 */
public class PgRewindException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final String HINT = "\nHINT: ";

    /**
     * Creates an error without a cause.
     *
     * @param message what failed, where, expected and found
     */
    public PgRewindException(String message) {
        super(VisibleText.ofLines(message));
    }

    /**
     * Creates an error that another one led to.
     *
     * @param message what failed, where, expected and found
     * @param cause the error underneath
     */
    public PgRewindException(String message, Throwable cause) {
        super(VisibleText.ofLines(message), cause);
    }

    /**
     * Joins what went wrong and its cure as every message of the library does.
     *
     * @param message what failed
     * @param hint the cure, one sentence
     * @return the message with its {@code HINT:} line
     */
    public static String withHint(String message, String hint) {
        return message + HINT + hint;
    }

    /**
     * Says what failed, for a problem that brings a cure of its own.
     *
     * @param failure any failure
     * @return as {@link #describe}, without a {@code HINT:} line
     */
    public static String withoutHint(Throwable failure) {
        String message = describe(failure);
        int hint = message.indexOf(HINT);
        return hint < 0 ? message : message.substring(0, hint);
    }

    /**
     * Finds the cure that a message names.
     *
     * @param failure any failure
     * @return what its first {@code HINT:} line says; empty if it has none
     */
    public static Optional<String> hint(Throwable failure) {
        String[] parts = describe(failure).split(HINT, -1);
        return parts.length < 2 ? Optional.empty() : Optional.of(parts[1]);
    }

    /**
     * Says what failed. The file system's own messages are often no more than a path.
     *
     * @param failure any failure
     * @return its message, in words
     */
    public static String describe(Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        if (failure instanceof NoSuchFileException) {
            return "no such file: " + message;
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied: " + message;
        }
        return message;
    }
}
