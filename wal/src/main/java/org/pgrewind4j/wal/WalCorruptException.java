package org.pgrewind4j.wal;

import java.io.Serial;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;

/**
 * A WAL record whose CRC is good contradicts itself or the format. Where bytes are merely damaged, the CRC is not good
 * and WAL {@linkplain EndOfWal ends}; this is WAL of a kind that the library does not know, and guessing on would lose
 * changes.
 */
public final class WalCorruptException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Where the record begins. */
    private final transient Lsn position;

    /**
     * Creates the error.
     *
     * @param position where the record begins
     * @param detail what is wrong, found and expected
     */
    public WalCorruptException(Lsn position, String detail) {
        super("malformed WAL record at " + position + ": " + detail);
        this.position = position;
    }

    /**
     * Where the record is.
     *
     * @return where it begins
     */
    public Lsn position() {
        return position;
    }
}
