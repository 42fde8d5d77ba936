package org.pgrewind4j.examples.pgbackrest;

import java.io.Serial;

/** The command was called in a way that it does not know, or cannot be done as it was asked for. */
final class OptionException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ExitStatus status;

    OptionException(ExitStatus status, String message) {
        super(message);
        this.status = status;
    }

    /** An option that is not known, or makes no sense here. */
    static OptionException invalid(String message) {
        return new OptionException(ExitStatus.OPTION_INVALID, message);
    }

    /** A value that an option cannot have. */
    static OptionException value(String message) {
        return new OptionException(ExitStatus.OPTION_INVALID_VALUE, message);
    }

    ExitStatus status() {
        return status;
    }
}
