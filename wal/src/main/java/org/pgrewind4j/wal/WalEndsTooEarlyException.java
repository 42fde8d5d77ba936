package org.pgrewind4j.wal;

import java.io.Serial;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;

/** WAL is there, but does not go on to a position that it must reach: it is damaged, or of another cluster. */
public final class WalEndsTooEarlyException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Where and why it ends. */
    private final transient EndOfWal end;

    private WalEndsTooEarlyException(EndOfWal end, String needed) {
        super(withHint(
                "WAL has to " + needed + " and does not: " + end,
                "take segment " + end.segment() + " from a WAL archive or from the other cluster"));
        this.end = end;
    }

    /**
     * Creates the error.
     *
     * @param end where and why the WAL ends
     * @param needed the position that it has to reach
     */
    public WalEndsTooEarlyException(EndOfWal end, Lsn needed) {
        this(end, "reach " + needed);
    }

    /**
     * WAL that ends before the end of a record that it must hold.
     *
     * @param end where and why the WAL ends
     * @param record where the record begins
     * @return the error
     */
    public static WalEndsTooEarlyException before(EndOfWal end, Lsn record) {
        return new WalEndsTooEarlyException(end, "hold the record at " + record);
    }

    /**
     * WAL that went on, as something else shows.
     *
     * @param end where and why it ends now
     * @param needed a position that it reached
     * @param proof what shows that, as in {@code for segment 000000010000000000000004 is there}
     * @return the exception
     */
    public static WalEndsTooEarlyException proven(EndOfWal end, Lsn needed, String proof) {
        return new WalEndsTooEarlyException(end, "reach " + needed + ", " + proof + ",");
    }

    /**
     * The end that was found.
     *
     * @return where and why WAL ends
     */
    public EndOfWal end() {
        return end;
    }
}
