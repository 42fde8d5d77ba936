package org.pgrewind4j.wal.scan;

import java.io.IOException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.wal.EndOfWal;

/**
 * Puts WAL together from ranges that were read each by itself, in their order, so that the result is that of reading
 * all of it in a row.
 *
 * <p>Whoever reads a range reads on to the first record behind it, as a reader of all WAL does: with the link to the
 * record before, the timeline and the system checked. If that record is the very one that the next range found to be
 * its first, the two ranges fit, and from there on both readers see the same. If it is not, the next range is read
 * again from the seam on. What was found behind the end of WAL is never asked for: the end is where the first range
 * with an end has it.
 */
final class RangeMerger {

    private final Reader again;
    private final long redo;
    private final LongConsumer progress;

    private @Nullable RangeFindings whole;

    /** Where the next record begins; {@link RangeFindings#NONE} as long as there is no record. */
    private long next = RangeFindings.NONE;

    private @Nullable EndOfWal end;

    /** Reads a range that begins at a record which has been read before. */
    interface Reader {
        /**
         * Reads behind a record.
         *
         * @param record where that record begins; it is not part of the result
         * @param until end of the range
         */
        ScannedRange readBehind(long record, long until) throws IOException;
    }

    RangeMerger(Reader again, Lsn redo, LongConsumer progress) {
        this.again = again;
        this.redo = redo.value();
        this.progress = progress;
    }

    /** Adds the range behind those that were added before; not after the end. */
    void add(ScannedRange range) throws IOException {
        if (next != RangeFindings.NONE && Long.compareUnsigned(next, range.until()) >= 0) {
            // One record fills the range and ends behind it.
            return;
        }
        ScannedRange exact = fits(range) ? range : again.readBehind(lastRecord(), range.until());
        if (exact.failure() instanceof IOException failure) {
            throw failure;
        }
        if (exact.failure() instanceof PgRewindException failure) {
            throw failure;
        }
        if (whole == null) {
            whole = exact.findings();
        } else {
            whole.append(exact.findings());
        }
        next = exact.next();
        end = exact.end();
        progress.accept((end == null ? range.until() : end.position().value()) - redo);
    }

    private boolean fits(ScannedRange range) {
        return next == RangeFindings.NONE || range.findings().firstRecord() == next;
    }

    private long lastRecord() {
        return whole == null ? RangeFindings.NONE : whole.lastRecord();
    }

    /** Where and why WAL ends, null until that has been found. */
    @Nullable EndOfWal end() {
        return end;
    }

    ChangedBlocks result() {
        if (whole == null || end == null) {
            throw new IllegalStateException("WAL has not been read to its end");
        }
        return whole.toChangedBlocks(new Lsn(redo), end);
    }
}
