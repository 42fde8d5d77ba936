package org.pgrewind4j.core.internal.rewind.rehearsal;

import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Pages that a running source was writing while they were read, so that half of each is old. Replay mends a page by the
 * image that its first change since the source's redo point has in WAL: what is in the making at the read was changed since
 * then, or it would have been written by that checkpoint. There is an image if {@code full_page_writes} was on all that
 * time. The source's checkpoint says how it stood at the redo point, and a record tells each change of it
 * ({@code src/backend/access/transam/xlog.c}, {@code UpdateFullPageWrites}); with data checksums no torn page is taken from
 * the source in the first place.
 *
 * <p>The redo point is the one that was read before anything was copied: later ones only leave less to mend.
 */
record TornReads(SourceMode mode, ControlFile source, Read read) {

    /** What becomes of pages that were read with a bad checksum. */
    enum Read {
        /** Each is read again. */
        VERIFIED,
        /** One that was found equal to the target's stays as it is, and is not looked at. */
        PARTLY_VERIFIED
    }

    /** Whether a page can be torn when it is taken from the source. */
    boolean areTaken() {
        return mode != SourceMode.STOPPED && !(source.hasDataChecksums() && read == Read.VERIFIED);
    }

    /**
     * What is wrong if another server than the source was promoted since the source's last checkpoint or restartpoint. A server
     * that is promoted writes no images for pages that were logged behind its own last restartpoint, until its first checkpoint:
     * and that restartpoint may be an earlier one than the source's ({@code src/backend/access/transam/xlog.c},
     * {@code CreateRestartPoint} sets the redo position that {@code xloginsert.c}, {@code XLogRecordAssemble}, goes by). A
     * primary's own promotion does no harm, for its own last restartpoint is the one that is named; it is the last one of the
     * history, and one before it was that of the server that the source followed. With checksums a torn page is found.
     */
    Optional<Problem> promotedSince(TimelineHistory history) {
        TimelineId before = source.checkPointCopy().timeline();
        long promotions = history.spans().stream()
                .filter(span -> span.timeline().compareTo(before) > 0)
                .count();
        long own = mode == SourceMode.PRIMARY ? 1 : 0;
        if (mode == SourceMode.STOPPED || source.hasDataChecksums() || promotions <= own) {
            return Optional.empty();
        }
        String mayStay =
                ": the WAL since then need not have images of all pages, and one that was read while it was written may"
                        + " stay torn";
        return Optional.of(
                mode == SourceMode.PRIMARY
                        ? new Problem(
                                Kind.FULL_PAGE_WRITES_OFF,
                                "the source's last checkpoint is on timeline " + before
                                        + ", and its promotion to timeline " + history.timeline()
                                        + " is not the only one since" + mayStay,
                                "run a CHECKPOINT on the source, and rewind again.")
                        : new Problem(
                                Kind.FULL_PAGE_WRITES_OFF,
                                "the source is a standby whose last restartpoint is on timeline " + before
                                        + ", and that has replayed a promotion to timeline " + history.timeline()
                                        + mayStay,
                                "run a CHECKPOINT on its primary, then one on the source when it has replayed that, and rewind"
                                        + " again."));
    }

    /** What is wrong if {@code full_page_writes} was switched off at some positions. */
    Optional<Problem> unmended(List<Lsn> switchedOff) {
        if (!areTaken()) {
            return Optional.empty();
        }
        return switchedOff.stream()
                .filter(off -> !off.isBefore(source.checkPointCopy().redo()))
                .findFirst()
                .map(off -> new Problem(
                        Kind.FULL_PAGE_WRITES_OFF,
                        "full_page_writes was switched off on the source at " + off
                                + ", behind its checkpoint's redo point "
                                + source.checkPointCopy().redo()
                                + ": a page that was read while it was written may stay torn",
                        "leave full_page_writes on there, run a CHECKPOINT, and rewind again."));
    }
}
