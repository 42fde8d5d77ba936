package org.pgrewind4j.core.internal.stage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.core.FileAction.RestoreWal;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.wal.WalSegmentName;

/**
 * Segments that the source had when it was listed and removed, wholly or in part, before they were staged. They are as good
 * as those that neither side ever had: an archive may have them, or the standby may get them by itself.
 */
final class SlippedWal {

    private final Order order;
    private final Fetcher fetcher;

    SlippedWal(Order order, Fetcher fetcher) {
        this.order = order;
        this.fetcher = fetcher;
    }

    /**
     * Finds a replacement for each.
     *
     * @throws PgRewindException if there is none
     */
    void replace() throws IOException {
        int segmentSize = order.base().walSegmentSize();
        List<RestoreWal> restored = new ArrayList<>();
        for (FetchedFile copy : List.copyOf(fetcher.copies())) {
            if (!ReplayWal.isSegment(copy.path()) || copy.isWhole()) {
                continue;
            }
            WalSegmentName segment =
                    WalSegmentName.parse(copy.path().fileName(), segmentSize).orElseThrow();
            if (order.archive().has(segment)) {
                fetcher.forget(copy);
                restored.add(new RestoreWal(copy.path(), segmentSize));
            } else if (order.restorable().test(segment)) {
                // What is there of it is removed from the target, where the standby would read it first.
                fetcher.leave(copy);
            } else {
                throw new ProblemException(
                        new Problem(
                                Problem.Kind.WAL_MISSING_FOR_REPLAY,
                                Side.SOURCE,
                                copy.path().toString(),
                                "the source removed \"" + copy.path() + "\", which replay needs, before it was copied",
                                "let the role replicate (ALTER ROLE ... REPLICATION), or give the source a replication slot or a"
                                        + " greater wal_keep_size, or name an archive that has the segment; then rewind again."));
            }
        }
        fetcher.restore(restored, order.archive());
    }
}
