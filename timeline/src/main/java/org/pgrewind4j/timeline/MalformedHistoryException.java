package org.pgrewind4j.timeline;

import java.io.Serial;

/** A timeline history file holds a line that PostgreSQL would refuse, or one that contradicts the others. */
public final class MalformedHistoryException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 100;

    /** The file's name. */
    private final String file;

    /** The line's number, from 1. */
    private final int line;

    /** What was expected and found there. */
    private final String detail;

    /**
     * Creates the error.
     *
     * @param file the file's name
     * @param line the line's number, from 1
     * @param expected what ought to stand there
     * @param found what stands there
     */
    public MalformedHistoryException(String file, int line, String expected, String found) {
        this(file, "", line, "expected " + expected + ", found \"" + shown(found) + "\"");
    }

    private MalformedHistoryException(String file, String place, int line, String detail) {
        super("malformed timeline history: file \"" + file + "\"" + place + ", line " + line + ": " + detail);
        this.file = file;
        this.line = line;
        this.detail = detail;
    }

    /**
     * The same error, once it is known whose file it is.
     *
     * @param place where the file lies, in words
     * @return an error whose message names the place, and whose cause is this one
     */
    public MalformedHistoryException of(String place) {
        MalformedHistoryException placed = new MalformedHistoryException(file, " of " + place, line, detail);
        placed.initCause(this);
        return placed;
    }

    /** The file may be another server's and hold anything: enough of the line to know it, and no control characters. */
    private static String shown(String found) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(found.length(), SHOWN); i++) {
            char c = found.charAt(i);
            shown.append(c == '\t' || !Character.isISOControl(c) ? c : '?');
        }
        return found.length() > SHOWN ? shown.append("...").toString() : shown.toString();
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
