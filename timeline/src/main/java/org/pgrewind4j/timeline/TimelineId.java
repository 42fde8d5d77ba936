package org.pgrewind4j.timeline;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The number of a timeline, an unsigned 32-bit number from 1 on (PostgreSQL: {@code src/include/access/xlogdefs.h},
 * {@code TimeLineID}).
 *
 * @param value from 1 to 4294967295
 */
public record TimelineId(long value) implements Comparable<TimelineId> {

    static final long GREATEST = 0xFFFF_FFFFL;

    /**
     * Checks the range.
     *
     * @param value from 1 to 4294967295
     * @throws IllegalArgumentException outside that range
     */
    public TimelineId {
        if (value < 1 || value > GREATEST) {
            throw new IllegalArgumentException("not a timeline: " + value + ": expected 1 to " + GREATEST);
        }
    }

    /**
     * Takes the number as it lies in files and WAL.
     *
     * @param bits an unsigned 32-bit number, not zero
     * @return the timeline
     * @throws IllegalArgumentException for zero
     */
    public static TimelineId ofBits(int bits) {
        return new TimelineId(Integer.toUnsignedLong(bits));
    }

    /**
     * The number as it lies in files and WAL.
     *
     * @return an unsigned 32-bit number
     */
    public int bits() {
        return (int) value;
    }

    /**
     * The name of this timeline's history file within {@code pg_wal}. Timeline 1 has no such file.
     *
     * @return eight hexadecimal digits and {@code .history}
     */
    public String historyFileName() {
        return HexFormat.of().withUpperCase().toHexDigits(bits()) + ".history";
    }

    // Written out, for the reason that Lsn gives.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TimelineId id && value == id.value;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(value);
    }

    @Override
    public int compareTo(TimelineId other) {
        return Long.compare(value, other.value);
    }

    /** Prints the decimal number. */
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
