package org.pgrewind4j.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.pgrewind4j.timeline.Lsn;

class PageHeaderTest {

    private static final int SIZE = 8192;
    private static final long BLOCK = 4294967294L;

    @Example
    void readsTheLsnUpperHalfFirst() {
        ByteBuffer page = ByteBuffer.allocate(SIZE + 3).order(ByteOrder.LITTLE_ENDIAN);
        page.putInt(3, 0x16).putInt(7, 0xB374D848);

        assertThat(PageHeader.lsn(page, 3)).isEqualTo(Lsn.parse("16/B374D848"));
        assertThat(PageHeader.lsn(page.order(ByteOrder.BIG_ENDIAN), 3)).isEqualTo(Lsn.parse("16/B374D848"));
    }

    /** The expected number is what {@code page_checksum} of PostgreSQL 15's pageinspect gives for these bytes. */
    @Example
    void computesWhatAServerComputes() {
        ByteBuffer page = randomPage(15);

        assertThat(PageChecksum.compute(page, 0, SIZE, 0)).isEqualTo(23661);
        assertThat(PageChecksum.compute(page, 0, SIZE, 131073)).isEqualTo(23662);
        assertThat(PageChecksum.compute(page, 0, SIZE, BLOCK)).isEqualTo(65536 - 23659);
    }

    @Property(tries = 200)
    void aPageWithItsChecksumIsGoodWhereverItLies(
            @ForAll @IntRange(max = 100) int offset, @ForAll @LongRange(max = 4294967294L) long block) {
        ByteBuffer page = written(randomPage(offset), block);
        ByteBuffer moved = ByteBuffer.allocateDirect(SIZE + 2 * offset).put(offset, page, 0, SIZE);

        assertThat(PageHeader.verify(moved, offset, SIZE, block)).isTrue();
        assertThat(PageHeader.verify(moved, offset, SIZE, block ^ 1)).isFalse();
        assertThat(PageHeader.checksum(moved, offset))
                .isEqualTo(PageHeader.checksum(page, 0))
                .isPositive();
        assertThat(moved.position()).isZero();
    }

    /** Sixteen bits cannot tell all pages apart: of 65,536 with one wrong bit each, one is expected to get through. */
    @Example
    void aFlippedBitIsFound() {
        ByteBuffer page = written(randomPage(1), BLOCK);
        int missed = 0;
        for (int bit = 0; bit < SIZE * 8; bit++) {
            flip(page, bit);
            if (PageHeader.verify(page, 0, SIZE, BLOCK)) {
                missed++;
            }
            flip(page, bit);
        }

        assertThat(missed).isLessThanOrEqualTo(4);
    }

    @Example
    void aPageOfZerosIsNewAndGood() {
        ByteBuffer page = ByteBuffer.allocate(SIZE);

        assertThat(PageHeader.isNew(page, 0, SIZE)).isTrue();
        assertThat(PageHeader.verify(page, 0, SIZE, 5)).isTrue();
        for (int bit = 0; bit < SIZE * 8; bit++) {
            flip(page, bit);
            assertThat(PageHeader.isNew(page, 0, SIZE)).isFalse();
            assertThat(PageHeader.verify(page, 0, SIZE, 5)).as("bit %s", bit).isFalse();
            flip(page, bit);
        }
    }

    @Example
    void knowsOtherBlockSizes() {
        for (int size = 1024; size <= 32768; size *= 2) {
            ByteBuffer page = ByteBuffer.allocate(size).putShort(14, (short) 1).putInt(size - 4, size);
            int checksum = PageChecksum.compute(page, 0, size, 7);
            page.order(ByteOrder.LITTLE_ENDIAN).putShort(8, (short) checksum);

            assertThat(PageHeader.verify(page, 0, size, 7)).isTrue();
            page.putInt(size - 4, 0);
            assertThat(PageHeader.verify(page, 0, size, 7)).isFalse();
        }
    }

    private static ByteBuffer randomPage(long seed) {
        byte[] bytes = new byte[SIZE];
        new Random(seed).nextBytes(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer written(ByteBuffer page, long block) {
        return page.putShort(8, (short) PageChecksum.compute(page, 0, SIZE, block));
    }

    private static void flip(ByteBuffer page, int bit) {
        page.put(bit / 8, (byte) (page.get(bit / 8) ^ 1 << bit % 8));
    }
}
