package org.pgrewind4j.timeline;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A log sequence number: a byte position in the WAL, an unsigned 64-bit number printed as two hexadecimal halves, such
 * as {@code 16/B374D848} (PostgreSQL: {@code src/include/access/xlogdefs.h}, {@code XLogRecPtr}).
 *
 * @param value the position in bytes; all 64 bits count, so negative numbers are positions past 2^63
 */
public record Lsn(long value) implements Comparable<Lsn> {

    /** Position zero, which PostgreSQL uses for "no position" ({@code InvalidXLogRecPtr}). */
    public static final Lsn INVALID = new Lsn(0);

    /** The greatest position: the end of what has no end yet. */
    public static final Lsn MAX = new Lsn(-1L);

    /**
     * Reads the text form: one to eight hexadecimal digits, a slash, one to eight hexadecimal digits.
     *
     * @param text such as {@code 16/B374D848}; digits in either case
     * @return the position
     * @throws IllegalArgumentException if the text has any other form
     */
    public static Lsn parse(String text) {
        requireNonNull(text, "text");
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw malformed(text);
        }
        return new Lsn(half(text, 0, slash) << 32 | half(text, slash + 1, text.length()));
    }

    private static long half(String text, int begin, int end) {
        if (end - begin < 1 || end - begin > 8) {
            throw malformed(text);
        }
        long half = 0;
        for (int i = begin; i < end; i++) {
            char c = text.charAt(i);
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw malformed(text);
            }
            half = half << 4 | digit;
        }
        return half;
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "not an LSN: \"" + text + "\": expected two hexadecimal halves as in 16/B374D848");
    }

    /**
     * Moves forward.
     *
     * @param bytes how far; may be negative
     * @return the position {@code bytes} later
     */
    public Lsn plus(long bytes) {
        return new Lsn(value + bytes);
    }

    /**
     * Measures a distance.
     *
     * @param other the position to measure from
     * @return the bytes from {@code other} to this position; negative if this one is earlier
     */
    public long minus(Lsn other) {
        return value - other.value;
    }

    /**
     * Whether this position is earlier.
     *
     * @param other the position to compare with
     * @return true if this position is before {@code other}
     */
    public boolean isBefore(Lsn other) {
        return compareTo(other) < 0;
    }

    /**
     * Whether this position is later.
     *
     * @param other the position to compare with
     * @return true if this position is after {@code other}
     */
    public boolean isAfter(Lsn other) {
        return compareTo(other) > 0;
    }

    /**
     * Whether this is a position at all.
     *
     * @return false for {@link #INVALID}
     */
    public boolean isValid() {
        return value != 0;
    }

    /**
     * The earlier of two positions.
     *
     * @param a one
     * @param b the other
     * @return the earlier one
     */
    public static Lsn min(Lsn a, Lsn b) {
        return a.isAfter(b) ? b : a;
    }

    /**
     * The later of two positions.
     *
     * @param a one
     * @param b the other
     * @return the later one
     */
    public static Lsn max(Lsn a, Lsn b) {
        return a.isBefore(b) ? b : a;
    }

    // These two are written out: generating them at their first use would take a new JVM as long as scanning
    // 50 MB of WAL.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Lsn lsn && value == lsn.value;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(value);
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    /** Prints as PostgreSQL does up to 18: upper case, no leading zeros, as in {@code 0/3000028}. */
    @Override
    public String toString() {
        return Long.toHexString(value >>> 32).toUpperCase(Locale.ROOT)
                + "/"
                + Long.toHexString(value & 0xFFFF_FFFFL).toUpperCase(Locale.ROOT);
    }
}
