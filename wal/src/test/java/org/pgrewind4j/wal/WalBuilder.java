package org.pgrewind4j.wal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.framing.WalPages;

/** Writes WAL by the rules, into memory, so that tests can then break single ones. */
public final class WalBuilder {

    public static final int PAGE = 8192;
    static final int CONTINUES = 0x01;
    static final int IS_LONG = 0x02;
    static final int REPLACES = 0x08;

    private final PostgresVersion version;
    private final TimelineId timeline;
    private final int segmentSize;
    private final ByteArrayOutputStream pages = new ByteArrayOutputStream();
    private final Lsn start;
    private final List<Lsn> begins = new ArrayList<>();
    private long at;
    private int nextPageFlags;

    /** Starts at the start of a segment. */
    public WalBuilder(PostgresVersion version, TimelineId timeline, int segmentSize, Lsn start) {
        this.version = version;
        this.timeline = timeline;
        this.segmentSize = segmentSize;
        this.start = start;
        this.at = start.value();
    }

    public static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What follows the header of a record without blocks. */
    public static byte[] mainData(int length) {
        byte[] body = new byte[5 + length];
        ByteBuffer fields = littleEndian(body).put((byte) 254).putInt(length);
        while (fields.hasRemaining()) {
            fields.put((byte) fields.position());
        }
        return body;
    }

    /** Adds a record of the resource manager XLOG. */
    public WalBuilder add(int info, byte[] body) {
        return add(0, info, body);
    }

    public WalBuilder add(int manager, int info, byte[] body) {
        write(record(manager, info, body), Integer.MAX_VALUE);
        return this;
    }

    /** Adds a record that ends after some pages beyond its first: then WAL continues as if the server had restarted. */
    public WalBuilder addUnfinished(int pagesBeyondTheFirst, byte[] body) {
        write(record(0, 0x20, body), pagesBeyondTheFirst);
        begins.remove(begins.size() - 1);
        nextPageFlags = REPLACES;
        return this;
    }

    /** Fills the segment up with zeros, as after a switch record. */
    public WalBuilder switchSegment() {
        add(0x40, new byte[0]);
        long end = (at + segmentSize - 1) & -segmentSize;
        pages.write(new byte[(int) (end - at)], 0, (int) (end - at));
        at = end;
        return this;
    }

    private byte[] record(int manager, int info, byte[] body) {
        byte[] record = new byte[24 + body.length];
        littleEndian(record)
                .putInt(record.length)
                .putInt(7)
                .putLong(begins.isEmpty() ? 1 : begins.get(begins.size() - 1).value())
                .put((byte) info)
                .put((byte) manager)
                .putShort((short) 0)
                .putInt(0)
                .put(body);
        seal(record, 0);
        return record;
    }

    /** Makes the CRC of the record at an offset good. */
    static void seal(byte[] bytes, int offset) {
        ByteBuffer record = littleEndian(bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset + 24, record.getInt(offset) - 24);
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
        byte[] header = new byte[isLong ? WalPages.LONG_HEADER : WalPages.SHORT_HEADER];
        ByteBuffer fields = littleEndian(header)
                .putShort((short) version.walPageMagic())
                .putShort((short) (flags | nextPageFlags | (isLong ? IS_LONG : 0)))
                .putInt(timeline.bits())
                .putLong(at)
                .putInt(rest);
        if (isLong) {
            fields.putLong(24, 0x5EED).putInt(32, segmentSize).putInt(36, PAGE);
        }
        pages.write(header, 0, header.length);
        at += header.length;
        nextPageFlags = 0;
    }

    /** Where the finished records begin. */
    public List<Lsn> begins() {
        return List.copyOf(begins);
    }

    /** Where the next record would be written. */
    public Lsn end() {
        return new Lsn(at);
    }

    /** The segments written, the last one filled up with zeros. */
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
