package org.pgrewind4j.wal.control;

import java.io.Serial;
import org.pgrewind4j.timeline.PgRewindException;

/** A checkpoint, in WAL or in a control file, holds a value that no server writes, although its CRC is right. */
public final class MalformedCheckPointException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param expected what a server writes
     * @param found what is there
     */
    public MalformedCheckPointException(String expected, String found) {
        super("malformed checkpoint: expected " + expected + ", found " + found);
    }
}
