package org.pgrewind4j.wal.control;

import java.io.Serial;
import java.util.Locale;
import org.pgrewind4j.timeline.PgRewindException;

/** A control file is damaged, or is none. */
public final class ControlFileException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What is wrong with a control file. */
    public enum Reason {
        /** It is not 8192 bytes long. */
        WRONG_SIZE,
        /** Its CRC does not match its contents. */
        WRONG_CRC,
        /** Its CRC is right, but a field holds a value that no server writes. */
        IMPOSSIBLE_VALUE
    }

    /** What is wrong. */
    private final Reason reason;

    /** What was expected and found, with its hint. */
    private final String detail;

    private ControlFileException(Reason reason, String place, String detail) {
        super("malformed control file" + place + ": " + detail);
        this.reason = reason;
        this.detail = detail;
    }

    private ControlFileException(Reason reason, String detail) {
        this(reason, "", detail);
    }

    /**
     * Says that a control file is no such file, as one that reads such files would.
     *
     * @param reason what is wrong
     * @param detail what was expected and found
     * @return the error
     */
    public static ControlFileException of(Reason reason, String detail) {
        return new ControlFileException(reason, detail);
    }

    /**
     * The same error, once it is known whose file it is.
     *
     * @param place where the file lies, in words
     * @return an error whose message names the place, and whose cause is this one
     */
    public ControlFileException of(String place) {
        ControlFileException placed = new ControlFileException(reason, " of " + place, detail);
        placed.initCause(this);
        return placed;
    }

    static ControlFileException wrongSize(int expected, int found) {
        return new ControlFileException(Reason.WRONG_SIZE, "expected " + expected + " bytes, found " + found);
    }

    static ControlFileException wrongCrc(int stored, int computed) {
        return new ControlFileException(
                Reason.WRONG_CRC,
                withHint(
                        "expected CRC " + hex(computed) + ", found " + hex(stored),
                        "the file is damaged, or was read while a server wrote it, or belongs to a 32-bit server"));
    }

    static ControlFileException impossibleValue(ControlFileField field, String expected, String found) {
        String name = field.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return new ControlFileException(
                Reason.IMPOSSIBLE_VALUE, "expected " + name + " " + expected + ", found " + found);
    }

    private static String hex(int crc) {
        return String.format(Locale.ROOT, "%08X", crc);
    }

    /**
     * What is wrong.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
