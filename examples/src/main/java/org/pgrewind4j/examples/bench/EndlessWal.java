package org.pgrewind4j.examples.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * As much WAL as one wishes, which no disk has to hold: each segment is made when it is opened. Records are of
 * about a hundred bytes, each names a block of one of some relations, and none crosses a page.
 */
final class EndlessWal implements WalSegmentSource {

    static final PostgresVersion VERSION = PostgresVersion.V17;
    static final TimelineId TIMELINE = new TimelineId(1);
    static final int SEGMENT_SIZE = 16 << 20;

    private static final int PAGE = 8192;
    private static final int SHORT_HEADER = 24;
    private static final int LONG_HEADER = 40;
    private static final short LONG_HEADER_FLAG = 0x02;
    private static final long SYSTEM_IDENTIFIER = 0x5EED;

    /** Header, one block reference without image or data, main data; the last one of a page fills it up. */
    private static final int RECORD = 104;

    private static final int MAIN_DATA_OFFSET = 46;

    private static final byte HEAP = 10;
    private static final byte SHORT_MAIN_DATA = (byte) 255;
    private static final int RELATIONS = 100;
    private static final int BLOCKS = 100_000;

    private final Lsn end;

    /** Begins with the second segment. */
    EndlessWal(int segments) {
        this.end = new Lsn((segments + 1L) * SEGMENT_SIZE);
    }

    /** Where the first record begins. */
    static Lsn begin() {
        return new Lsn(SEGMENT_SIZE + LONG_HEADER);
    }

    /** How many records each segment has. */
    static long recordsPerSegment() {
        return recordsPerPage(LONG_HEADER) + (SEGMENT_SIZE / PAGE - 1) * recordsPerPage(SHORT_HEADER);
    }

    private static long recordsPerPage(int header) {
        return ((long) PAGE - header) / RECORD;
    }

    @Override
    public Optional<WalSegment> open(WalSegmentName name) {
        return name.begin().isBefore(end) && !name.begin().isBefore(new Lsn(SEGMENT_SIZE))
                ? Optional.of(new Segment(name.begin().value()))
                : Optional.empty();
    }

    /** Makes the pages that are read, one after the other. */
    private static final class Segment implements WalSegment {
        private final long begin;
        private final ByteBuffer page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
        private final CRC32C crc = new CRC32C();

        Segment(long begin) {
            this.begin = begin;
        }

        @Override
        public int read(ByteBuffer target, long position) {
            if (position >= SEGMENT_SIZE) {
                return -1;
            }
            int inPage = (int) (position % PAGE);
            fill(begin + position - inPage);
            page.limit(Math.min(PAGE, inPage + target.remaining())).position(inPage);
            int length = page.remaining();
            target.put(page);
            return length;
        }

        private void fill(long at) {
            page.clear().put(new byte[PAGE]).clear();
            boolean isFirst = at == begin;
            page.putShort((short) VERSION.walPageMagic());
            page.putShort(isFirst ? LONG_HEADER_FLAG : 0);
            page.putInt(TIMELINE.bits());
            page.putLong(at);
            if (isFirst) {
                page.putLong(24, SYSTEM_IDENTIFIER).putInt(32, SEGMENT_SIZE).putInt(36, PAGE);
            }
            int header = isFirst ? LONG_HEADER : SHORT_HEADER;
            int offset = header;
            for (; offset + 2 * RECORD <= PAGE; offset += RECORD) {
                record(offset, RECORD, at);
            }
            record(offset, PAGE - offset, at);
        }

        private void record(int offset, int length, long at) {
            long position = at + offset;
            page.putInt(offset, length);
            page.putLong(offset + 8, previous(offset, at));
            page.put(offset + 17, HEAP);
            // The block reference: id 0, main fork, no data; then the relation and the block's number.
            page.putInt(offset + 28, 1663).putInt(offset + 32, 5);
            page.putInt(offset + 36, (int) (16384 + position / RECORD % RELATIONS));
            page.putInt(offset + 40, (int) (position / RECORD / RELATIONS * 31 % BLOCKS));
            page.put(offset + 44, SHORT_MAIN_DATA).put(offset + 45, (byte) (length - MAIN_DATA_OFFSET));
            crc.reset();
            crc.update(page.array(), offset + 24, length - 24);
            crc.update(page.array(), offset, 20);
            page.putInt(offset + 20, (int) crc.getValue());
        }

        /** The record before: on this page, or the last one of the page before. */
        private long previous(int offset, long at) {
            int header = at == begin ? LONG_HEADER : SHORT_HEADER;
            if (offset > header) {
                return at + offset - RECORD;
            }
            if (at == SEGMENT_SIZE) {
                return 0;
            }
            long pageBefore = at - PAGE;
            int headerBefore = pageBefore % SEGMENT_SIZE == 0 ? LONG_HEADER : SHORT_HEADER;
            return pageBefore + headerBefore + (recordsPerPage(headerBefore) - 1) * RECORD;
        }

        @Override
        public void close() {}
    }
}
