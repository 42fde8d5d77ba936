package org.pgrewind4j.transport;

import java.io.Serial;
import org.pgrewind4j.timeline.PgRewindException;

/** The source went on to another state while it was copied, so that the copy is no state of it at all. */
public final class SourceChangedException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what was expected and found, and where
     */
    public SourceChangedException(String message) {
        super(message);
    }
}
