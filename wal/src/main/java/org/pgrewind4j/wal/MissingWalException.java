package org.pgrewind4j.wal;

import java.io.Serial;
import java.util.List;
import org.pgrewind4j.timeline.PgRewindException;

/** WAL that is needed is not there: no source has the segments. */
public final class MissingWalException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The segments that no source has. */
    private final transient List<WalSegmentName> segments;

    /**
     * Names what is missing.
     *
     * @param segments at least one segment that no source has
     * @param purpose what the WAL is needed for, as in {@code to find the last common checkpoint}
     */
    public MissingWalException(List<WalSegmentName> segments, String purpose) {
        super(withHint(
                "WAL is missing: " + list(segments) + " " + purpose,
                "add a source that has it, such as the WAL archive or the other cluster's pg_wal"));
        this.segments = List.copyOf(segments);
    }

    private static String list(List<WalSegmentName> segments) {
        if (segments.isEmpty()) {
            throw new IllegalArgumentException("no segment is missing");
        }
        String names = String.join(
                ", ", segments.stream().map(WalSegmentName::fileName).toList());
        return segments.size() == 1 ? "segment " + names + " is needed" : "segments " + names + " are needed";
    }

    /**
     * What is missing.
     *
     * @return at least one segment
     */
    public List<WalSegmentName> segments() {
        return segments;
    }
}
