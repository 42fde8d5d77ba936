package org.pgrewind4j.transport.codec;

import java.io.IOException;
import java.io.Serial;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.VisibleText;

/** Stored bytes are not what they have to be. Says what is wrong; where they lie is known to whoever opened them. */
public final class CodecException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Creates an error without a cause.
     *
     * @param message what was expected and found
     */
    public CodecException(String message) {
        super(VisibleText.ofLines(message));
    }

    /**
     * Creates an error that another one led to.
     *
     * @param message what was expected and found
     * @param cause the error underneath
     */
    public CodecException(String message, Throwable cause) {
        super(VisibleText.ofLines(message), cause);
    }

    /** A library that only some backups need is not there. */
    static CodecException missing(String what, String library, LinkageError cause) {
        return new CodecException(
                PgRewindException.withHint(
                        what + " is missing: " + cause.getMessage(),
                        "add " + library + " to the program, on the class path or with --add-modules."),
                cause);
    }
}
