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

    WalEndsTooEarlyException(EndOfWal end, Lsn needed) {
        super(withHint(
                "WAL has to reach " + needed + " and does not: " + end,
                "take segment " + end.segment() + " from a WAL archive or from the other cluster"));
        this.end = end;
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
