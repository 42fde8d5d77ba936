package org.pgrewind4j.wal.scan;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.wal.EndOfWal;

/**
 * The records that begin in a range of positions, read without looking at what is before the range.
 *
 * @param until the end of the range, unsigned
 * @param findings what its records say; they are those up to the failure, if there is one
 * @param next where the first record behind the range begins, read and checked as the one that follows;
 *     {@link RangeFindings#NONE} if the range has no record, if WAL ends, or on failure
 * @param end why no record follows the last one; null while WAL continues
 * @param failure what stopped reading, an {@link IOException} or a {@link PgRewindException}; null if nothing did
 */
record ScannedRange(
        long until,
        RangeFindings findings,
        long next,
        @Nullable EndOfWal end,
        @Nullable Exception failure) {}
