package org.pgrewind4j.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.WalSegmentName;

/**
 * Writes WAL into memory by the rules of a server, so that tests can then break single ones. Records follow each other, each
 * with the position of the one before it and a right CRC; pages and segments get their headers as they are reached.
 *
 * <p>PostgreSQL: {@code src/include/access/xlogrecord.h}, {@code XLogRecord}; {@code src/include/access/xlog_internal.h},
 * {@code XLogPageHeaderData} and {@code XLogLongPageHeaderData}. Not safe for several threads.
 */
public final class WalBuilder {

    /** The size of a WAL page, in bytes. */
    public static final int PAGE = 8192;

    /** The flag of a page that begins with the rest of a record. */
    public static final int CONTINUES = 0x01;

    /** The flag of a page with a long header, the first one of a segment. */
    public static final int IS_LONG = 0x02;

    /** The flag of a page at which a record was given up and WAL continues with another one. */
    public static final int REPLACES = 0x08;

    private static final int XLOG = 0;
    private static final int TRANSACTION = 1;
    private static final int HEAP = 10;
    private static final int NOOP = 0x20;
    private static final int SWITCH = 0x40;
    private static final int COMMIT = 0x00;
    private static final int INSERT = 0x00;

    private static final int SHORT_HEADER = 24;
    private static final int LONG_HEADER = 40;
    private static final int RECORD_HEADER = 24;
    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final PostgresVersion version;
    private final TimelineId timeline;
    private final int segmentSize;
    private final ByteArrayOutputStream pages = new ByteArrayOutputStream();
    private final Lsn start;
    private final List<Lsn> begins = new ArrayList<>();
    private long systemIdentifier = 0x5EED;
    private int xid = 7;
    private long at;
    private int nextPageFlags;

    /**
     * Starts at the beginning of a segment.
     *
     * @param version the release that the WAL is of
     * @param timeline the timeline that the pages and segments name
     * @param segmentSize the size of a segment in bytes, a power of two from 1 MB to 1 GB
     * @param start where the first segment begins, a multiple of its size
     */
    public WalBuilder(PostgresVersion version, TimelineId timeline, int segmentSize, Lsn start) {
        this.version = version;
        this.timeline = timeline;
        this.segmentSize = segmentSize;
        this.start = start;
        this.at = start.value();
    }

    /**
     * Puts bytes into the order that WAL has.
     *
     * @param bytes the bytes, which are not copied
     * @return a little-endian view of them
     */
    public static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * What follows the header of a record without blocks.
     *
     * @param length the length of its main data in bytes
     * @return the body, for {@link #add(int, byte[])}
     */
    public static byte[] mainData(int length) {
        byte[] body = new byte[5 + length];
        ByteBuffer fields = littleEndian(body).put((byte) 254).putInt(length);
        while (fields.hasRemaining()) {
            fields.put((byte) fields.position());
        }
        return body;
    }

    /**
     * Sets the system identifier, which the first page of each segment from now on names.
     *
     * @param identifier the identifier; 0x5EED unless set
     * @return this
     */
    public WalBuilder systemIdentifier(long identifier) {
        systemIdentifier = identifier;
        return this;
    }

    /**
     * Sets the transaction of the records that are added from now on.
     *
     * @param transaction its id; 7 unless set
     * @return this
     */
    public WalBuilder xid(int transaction) {
        xid = transaction;
        return this;
    }

    /**
     * Adds a record of the resource manager XLOG.
     *
     * @param info the record's kind, in the upper four bits
     * @param body what follows its header: see {@link RecordBody} and {@link #mainData}
     * @return this
     */
    public WalBuilder add(int info, byte[] body) {
        return add(XLOG, info, body);
    }

    /**
     * Adds a record.
     *
     * @param manager the number of its resource manager
     * @param info the record's kind, in the upper four bits
     * @param body what follows its header: see {@link RecordBody} and {@link #mainData}
     * @return this
     */
    public WalBuilder add(int manager, int info, byte[] body) {
        write(record(manager, info, body), Integer.MAX_VALUE);
        return this;
    }

    /**
     * Adds insertions of rows, one record for each block.
     *
     * @param relation the table
     * @param blocks the blocks of its main fork that they change
     * @return this
     */
    public WalBuilder change(RelFileLocator relation, int... blocks) {
        for (int block : blocks) {
            add(
                    HEAP,
                    INSERT,
                    new RecordBody(version)
                            .block(relation, 0, block, RecordBody.Change.DATA)
                            .withMainData(new byte[3]));
        }
        return this;
    }

    /**
     * Adds the commit of the transaction that {@link #xid} named.
     *
     * @param time when it was committed
     * @return this
     */
    public WalBuilder commit(Instant time) {
        byte[] main = new byte[8];
        littleEndian(main).putLong(Duration.between(POSTGRES_EPOCH, time).toNanos() / 1_000);
        return add(TRANSACTION, COMMIT, new RecordBody(version).withMainData(main));
    }

    /**
     * Adds a record that ends after some pages beyond its first: then WAL continues as if the server had restarted.
     *
     * @param pagesBeyondTheFirst how many pages its rest is written to
     * @param body what follows its header
     * @return this
     */
    public WalBuilder addUnfinished(int pagesBeyondTheFirst, byte[] body) {
        write(record(XLOG, NOOP, body), pagesBeyondTheFirst);
        begins.remove(begins.size() - 1);
        nextPageFlags = REPLACES;
        return this;
    }

    /**
     * Adds a switch record and fills the segment up with zeros.
     *
     * @return this
     */
    public WalBuilder switchSegment() {
        add(SWITCH, new byte[0]);
        long end = (at + segmentSize - 1) & -segmentSize;
        pages.write(new byte[(int) (end - at)], 0, (int) (end - at));
        at = end;
        return this;
    }

    private byte[] record(int manager, int info, byte[] body) {
        byte[] record = new byte[RECORD_HEADER + body.length];
        littleEndian(record)
                .putInt(record.length)
                .putInt(xid)
                .putLong(begins.isEmpty() ? 1 : begins.get(begins.size() - 1).value())
                .put((byte) info)
                .put((byte) manager)
                .putShort((short) 0)
                .putInt(0)
                .put(body);
        seal(record, 0);
        return record;
    }

    /**
     * Makes the CRC of a record right, after a test has changed the record.
     *
     * @param bytes what the record lies in, as one piece
     * @param offset where it begins
     */
    public static void seal(byte[] bytes, int offset) {
        ByteBuffer record = littleEndian(bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset + RECORD_HEADER, record.getInt(offset) - RECORD_HEADER);
        crc.update(bytes, offset, 20);
        record.putInt(offset + 20, (int) crc.getValue());
    }

    private void write(byte[] record, int pagesBeyondTheFirst) {
        int written = 0;
        int pagesLeft = pagesBeyondTheFirst;
        while (written < record.length) {
            boolean goesOn = written > 0;
            if (at % PAGE == 0) {
                if (goesOn && pagesLeft-- == 0) {
                    return;
                }
                header(goesOn ? CONTINUES : 0, goesOn ? record.length - written : 0);
            }
            if (!goesOn) {
                begins.add(new Lsn(at));
            }
            int part = (int) Math.min(record.length - written, PAGE - at % PAGE);
            pages.write(record, written, part);
            written += part;
            at += part;
        }
        int padding = (int) (-at & 7);
        pages.write(new byte[padding], 0, padding);
        at += padding;
    }

    private void header(int flags, int rest) {
        boolean isLong = at % segmentSize == 0;
        byte[] header = new byte[isLong ? LONG_HEADER : SHORT_HEADER];
        ByteBuffer fields = littleEndian(header)
                .putShort((short) version.walPageMagic())
                .putShort((short) (flags | nextPageFlags | (isLong ? IS_LONG : 0)))
                .putInt(timeline.bits())
                .putLong(at)
                .putInt(rest);
        if (isLong) {
            fields.putLong(24, systemIdentifier).putInt(32, segmentSize).putInt(36, PAGE);
        }
        pages.write(header, 0, header.length);
        at += header.length;
        nextPageFlags = 0;
    }

    /**
     * Where the finished records begin.
     *
     * @return their positions, ascending
     */
    public List<Lsn> begins() {
        return List.copyOf(begins);
    }

    /**
     * Where the next record would be written.
     *
     * @return the position, at the end of a page if that is full
     */
    public Lsn end() {
        return new Lsn(at);
    }

    /**
     * The segments written so far, the last one filled up with zeros.
     *
     * @return new segments; more records can be added to the builder
     */
    public MemoryWal build() {
        byte[] all = pages.toByteArray();
        MemoryWal wal = new MemoryWal();
        for (int from = 0; from < all.length; from += segmentSize) {
            byte[] segment = new byte[segmentSize];
            System.arraycopy(all, from, segment, 0, Math.min(segmentSize, all.length - from));
            wal.put(WalSegmentName.containing(timeline, start.plus(from), segmentSize), segment);
        }
        return wal;
    }
}
