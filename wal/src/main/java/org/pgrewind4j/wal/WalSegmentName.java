package org.pgrewind4j.wal;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;

/**
 * The name of a WAL segment file, 24 hexadecimal digits in upper case (PostgreSQL:
 * {@code src/include/access/xlog_internal.h}, {@code XLogFileName}).
 *
 * <table>
 * <caption>The name {@code 000000020000001600000003}, with segments of 16 MB</caption>
 * <tr><th>digits</th><th>meaning</th><th>here</th></tr>
 * <tr><td>1 to 8</td><td>timeline</td><td>2</td></tr>
 * <tr><td>9 to 16</td><td>high half of the LSN</td><td>16/...</td></tr>
 * <tr><td>17 to 24</td><td>number of the segment within 4 GB of WAL</td><td>from 16/3000000 to 16/4000000</td></tr>
 * </table>
 *
 * @param timeline whose WAL the segment holds; one that holds a switch point begins with the parent's WAL
 * @param segmentNumber the segment's number from 0 on, over all WAL: its start divided by the segment size
 * @param segmentSize in bytes, a power of two from 1 MB to 1 GB
 */
public record WalSegmentName(TimelineId timeline, long segmentNumber, int segmentSize) {

    private static final int LENGTH = 24;
    private static final int SMALLEST = 1 << 20;
    private static final int GREATEST = 1 << 30;

    /**
     * Checks the size and the number.
     *
     * @param timeline whose WAL the segment holds
     * @param segmentNumber from 0 on
     * @param segmentSize in bytes
     * @throws IllegalArgumentException if the size is none that PostgreSQL knows, or the number lies past the last
     *     segment of that size
     */
    public WalSegmentName {
        checkSegmentSize(segmentSize);
        if (segmentNumber < 0 || segmentNumber > -1L >>> shift(segmentSize)) {
            throw new IllegalArgumentException("not a segment number: " + segmentNumber);
        }
    }

    /**
     * Checks a segment size.
     *
     * @param segmentSize in bytes
     * @return the size
     * @throws IllegalArgumentException if it is not a power of two from 1 MB to 1 GB
     */
    public static int checkSegmentSize(int segmentSize) {
        if (!isSegmentSize(segmentSize)) {
            throw new IllegalArgumentException(
                    "not a WAL segment size: " + segmentSize + ": expected a power of two from 1 MB to 1 GB");
        }
        return segmentSize;
    }

    /**
     * Whether PostgreSQL knows segments of a size.
     *
     * @param bytes the size
     * @return whether it is a power of two from 1 MB to 1 GB
     */
    public static boolean isSegmentSize(int bytes) {
        return bytes >= SMALLEST && bytes <= GREATEST && Integer.bitCount(bytes) == 1;
    }

    /**
     * Reads a file name.
     *
     * @param fileName a name without a directory
     * @param segmentSize in bytes, a power of two from 1 MB to 1 GB
     * @return the segment, empty if the name is not a segment's: another length, other characters, timeline 0, or a
     *     number that does not occur with this size
     */
    public static Optional<WalSegmentName> parse(String fileName, int segmentSize) {
        checkSegmentSize(segmentSize);
        if (fileName.length() != LENGTH || !isHex(fileName)) {
            return Optional.empty();
        }
        long timeline = Long.parseLong(fileName, 0, 8, 16);
        long high = Long.parseLong(fileName, 8, 16, 16);
        long low = Long.parseLong(fileName, 16, 24, 16);
        long segmentsPerHigh = 1L << (32 - shift(segmentSize));
        if (timeline == 0 || low >= segmentsPerHigh) {
            return Optional.empty();
        }
        return Optional.of(new WalSegmentName(new TimelineId(timeline), high * segmentsPerHigh + low, segmentSize));
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'A' || c > 'F')) {
                return false;
            }
        }
        return true;
    }

    /**
     * The segment that a position lies in.
     *
     * @param timeline whose segment
     * @param position the position of a byte
     * @param segmentSize in bytes, a power of two from 1 MB to 1 GB
     * @return the segment whose begin is not after the position and whose end is after it
     */
    public static WalSegmentName containing(TimelineId timeline, Lsn position, int segmentSize) {
        checkSegmentSize(segmentSize);
        return new WalSegmentName(timeline, position.value() >>> shift(segmentSize), segmentSize);
    }

    private static int shift(int segmentSize) {
        return Integer.numberOfTrailingZeros(segmentSize);
    }

    /**
     * The name of the file.
     *
     * @return 24 hexadecimal digits
     */
    public String fileName() {
        long segmentsPerHigh = 1L << (32 - shift(segmentSize));
        return hex(timeline.value()) + hex(segmentNumber / segmentsPerHigh) + hex(segmentNumber % segmentsPerHigh);
    }

    /** Eight digits. A digit more is made and left out, so that those behind it keep their zeros. */
    private static String hex(long word) {
        return Long.toHexString(1L << 32 | word).substring(1).toUpperCase(Locale.ROOT);
    }

    /**
     * The position of the first byte.
     *
     * @return a multiple of the segment size
     */
    public Lsn begin() {
        return new Lsn(segmentNumber << shift(segmentSize));
    }

    /**
     * The position after the last byte.
     *
     * @return the start of the next segment
     */
    public Lsn end() {
        return begin().plus(segmentSize);
    }

    /**
     * The segment after this one on the same timeline.
     *
     * @return the next segment
     * @throws IllegalArgumentException if this is the last segment of all
     */
    public WalSegmentName next() {
        return new WalSegmentName(timeline, segmentNumber + 1, segmentSize);
    }

    /**
     * The segment before this one on the same timeline.
     *
     * @return the previous segment
     * @throws IllegalArgumentException if this is segment 0
     */
    public WalSegmentName previous() {
        return new WalSegmentName(timeline, segmentNumber - 1, segmentSize);
    }

    // Written out, for the reason that Lsn gives.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WalSegmentName name
                && segmentNumber == name.segmentNumber
                && segmentSize == name.segmentSize
                && timeline.equals(name.timeline);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(segmentNumber) * 31 + timeline.hashCode();
    }

    /** Prints the file's name. */
    @Override
    public String toString() {
        return fileName();
    }
}
