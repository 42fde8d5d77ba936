package org.pgrewind4j.wal.record;

import java.io.Serial;
import java.util.Locale;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;

/**
 * A WAL record is flagged as changing relation files other than by its block references
 * ({@code XLR_SPECIAL_REL_UPDATE}), and its type is none that is known to do so. What it changed cannot be told.
 */
public final class UnknownRelationChangeException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Where the record begins. */
    private final transient Lsn position;

    /** Who wrote the record. */
    private final int resourceManager;

    /** The whole info byte. */
    private final int info;

    /**
     * Creates the error.
     *
     * @param position where the record begins
     * @param resourceManager the number of its resource manager
     * @param info its info byte
     */
    public UnknownRelationChangeException(Lsn position, int resourceManager, int info) {
        super(String.format(
                Locale.ROOT,
                "WAL record at %s modifies a relation in a way that is not known: resource manager %d, info 0x%02X",
                position,
                resourceManager,
                info));
        this.position = position;
        this.resourceManager = resourceManager;
        this.info = info;
    }

    /**
     * Where the record is.
     *
     * @return where it begins
     */
    public Lsn position() {
        return position;
    }

    /**
     * Who wrote the record.
     *
     * @return the resource manager's number
     */
    public int resourceManager() {
        return resourceManager;
    }

    /**
     * The type of the record.
     *
     * @return the whole info byte, unsigned
     */
    public int info() {
        return info;
    }
}
