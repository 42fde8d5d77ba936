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

    private ControlFileException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    static ControlFileException wrongSize(int expected, int found) {
        return new ControlFileException(
                Reason.WRONG_SIZE, "malformed control file: expected " + expected + " bytes, found " + found);
    }

    static ControlFileException wrongCrc(int stored, int computed) {
        return new ControlFileException(
                Reason.WRONG_CRC,
                withHint(
                        "malformed control file: expected CRC " + hex(computed) + ", found " + hex(stored),
                        "the file is damaged, or was read while a server wrote it, or belongs to a 32-bit server"));
    }

    static ControlFileException impossibleValue(ControlFileField field, String expected, String found) {
        String name = field.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return new ControlFileException(
                Reason.IMPOSSIBLE_VALUE,
                "malformed control file: expected " + name + " " + expected + ", found " + found);
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
