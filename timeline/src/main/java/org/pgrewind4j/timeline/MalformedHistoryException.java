package org.pgrewind4j.timeline;

import java.io.Serial;

/** A timeline history file holds a line that PostgreSQL would refuse, or one that contradicts the others. */
public final class MalformedHistoryException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The file's name. */
    private final String file;

    /** The line's number, from 1. */
    private final int line;

    MalformedHistoryException(String file, int line, String expected, String found) {
        super("malformed timeline history: file \"" + file + "\", line " + line + ": expected " + expected
                + ", found \"" + found + "\"");
        this.file = file;
        this.line = line;
    }

    /**
     * Where the line is.
     *
     * @return the file's name
     */
    public String file() {
        return file;
    }

    /**
     * Where the line is.
     *
     * @return the line's number, from 1
     */
    public int line() {
        return line;
    }
}
