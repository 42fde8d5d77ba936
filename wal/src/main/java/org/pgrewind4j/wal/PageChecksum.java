package org.pgrewind4j.wal;

import java.nio.ByteBuffer;

/**
 * The checksum of data pages (PostgreSQL: {@code src/include/storage/checksum_impl.h}).
 *
 * <p>The page is read as rows of 32 columns of 32-bit numbers, the stored checksum as zero. Each column has a sum of its
 * own, begun with a number of its own, into which its numbers go by FNV-1a with one change: the upper bits of the
 * intermediate value are shifted down, so that they count too. Two rows of zeros follow. All sums and the block number
 * are combined by exclusive or; the remainder modulo 65535, plus one, is the checksum, which thus is never zero.
 *
 * <p>With 16 bits it misses one damaged page in 65,535, be the damage a single bit.
 */
final class PageChecksum {

    private static final int COLUMNS = 32;
    private static final int ROW_SIZE = COLUMNS * Integer.BYTES;
    private static final int PRIME = 16777619;

    /** The stored checksum is the lower half of this number of the first row. */
    private static final int CHECKSUM_COLUMN = PageHeader.CHECKSUM_OFFSET / Integer.BYTES;

    private static final int[] INITIAL_SUMS = {
        0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
        0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
        0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
        0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756
    };

    private PageChecksum() {}

    /** The checksum that the page ought to have; what is stored on it does not matter. */
    static int compute(ByteBuffer bytes, int offset, int blockSize, long block) {
        int[] sums = INITIAL_SUMS.clone();
        for (int column = 0; column < COLUMNS; column++) {
            int value = PageHeader.int32(bytes, offset + column * Integer.BYTES);
            sums[column] = mix(sums[column], column == CHECKSUM_COLUMN ? value & 0xFFFF_0000 : value);
        }
        for (int row = offset + ROW_SIZE; row < offset + blockSize; row += ROW_SIZE) {
            for (int column = 0; column < COLUMNS; column++) {
                sums[column] = mix(sums[column], PageHeader.int32(bytes, row + column * Integer.BYTES));
            }
        }
        int combined = (int) block;
        for (int sum : sums) {
            combined ^= mix(mix(sum, 0), 0);
        }
        return Integer.remainderUnsigned(combined, 65535) + 1;
    }

    private static int mix(int sum, int value) {
        int mixed = sum ^ value;
        return mixed * PRIME ^ mixed >>> 17;
    }
}
