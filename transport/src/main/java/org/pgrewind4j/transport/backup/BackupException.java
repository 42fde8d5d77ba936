package org.pgrewind4j.transport.backup;

import java.io.IOException;
import java.io.Serial;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.VisibleText;

/** A base backup does not hold what it has to, or not in the form that it has to have. Nothing was changed because of it. */
public final class BackupException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What is not as it has to be. */
    private final String file;

    private BackupException(String file, String message) {
        super(VisibleText.ofLines(file + ": " + message));
        this.file = VisibleText.of(file);
    }

    /** What was expected and found at a place. */
    static BackupException at(Object place, String message) {
        return new BackupException(place.toString(), message);
    }

    static BackupException at(Object place, String message, Throwable cause) {
        BackupException exception = at(place, message);
        exception.initCause(cause);
        return exception;
    }

    /** An error with its cure. */
    static BackupException withHint(Object place, String message, String hint) {
        return at(place, PgRewindException.withHint(message, hint));
    }

    /**
     * Where the error lies.
     *
     * @return the file of the backup, and the offset in it where that says more; safe to print
     */
    public String file() {
        return file;
    }
}
