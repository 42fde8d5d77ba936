package org.pgrewind4j.wal;

import org.pgrewind4j.timeline.Lsn;

/**
 * Why and where reading ended. That WAL ends in something that is not a record is its normal state, so the end is a
 * result and not an error: whether it came too early is for the reader's user to judge.
 *
 * @param position where the next record would begin: the end of the last record read, or where
 *     reading was asked to begin if there was none
 * @param reason what stands there
 * @param detail the reason in the words of {@code pg_waldump} 15, as in {@code invalid record length at 0/3000148:
 *     wanted 24, got 0}, perhaps with a {@code HINT:} line; empty if reading ended at the limit that it was given
 * @param segment the segment that reading ended in: the missing one, if one is missing. A record that continues into
 *     another segment can end reading there, so this need not be the segment of {@code position}
 * @param lastRecordBegin where the last record read begins, {@link Lsn#INVALID} if there was none
 */
public record EndOfWal(Lsn position, Reason reason, String detail, WalSegmentName segment, Lsn lastRecordBegin) {

    /** What stands where the next record would begin, or what keeps it from being read. */
    public enum Reason {
        /** Zeros instead of a record's length: nothing was written here yet. How WAL usually ends. */
        ZERO_LENGTH,
        /** Zeros instead of a page header: as {@link #ZERO_LENGTH}, where a page begins. */
        ZERO_PAGE,
        /**
         * The page is that of another position: the segment is an old one that was renamed for reuse and not yet
         * written again from here on.
         */
        RECYCLED_PAGE,
        /** A length that no record has. */
        BAD_LENGTH,
        /** A resource manager that the release does not have. */
        BAD_RESOURCE_MANAGER,
        /** The record does not name the record before it: it is left over from an older use of the segment. */
        BAD_PREV_LINK,
        /** The record's bytes do not agree with its CRC: it was not written to its end, or was damaged. */
        BAD_CRC,
        /** A page of another release, or none. */
        BAD_MAGIC,
        /** A page header with unknown flags, or of another system, segment size or page size. */
        BAD_PAGE_HEADER,
        /** A page of a timeline that does not belong to the history, or that is older than the page before it. */
        BAD_TIMELINE,
        /** A record that continues into a page that does not continue it: it was not written to its end. */
        BAD_CONTINUATION,
        /** The segment is not there. */
        MISSING_SEGMENT,
        /** The segment's file ends before its nominal size. */
        SHORT_SEGMENT,
        /** The limit that the reader was given. */
        LIMIT
    }

    /** Prints the detail, as in {@code end of WAL at 0/3000148: invalid record length at 0/3000148: wanted 24, got 0}. */
    @Override
    public String toString() {
        return "end of WAL at " + position + ": " + (reason == Reason.LIMIT ? "limit reached" : detail);
    }
}
