package org.pgrewind4j.wal.framing;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.EndOfWal.Reason;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

/**
 * Goes through WAL records without allocating anything per record: the record that {@link #next} stops at is exposed by
 * this object's accessors until the next call. {@link WalReader} makes {@link WalRecord}s of it; scans of much WAL
 * use it as it is.
 *
 * <p><b>Ranges.</b> A cursor is put on a range of positions and stops at exactly those records that <em>begin</em> in
 * it. The last of them may reach beyond the range, perhaps into the next segments, and is read from there. Put on the
 * range of one segment with {@link #seekFirst}, it finds the segment's first record by itself: a page says how much of
 * an earlier record it continues. So segments can be scanned in any order and by several cursors, and together they
 * give each record once. At a seam, the first record's {@link #previous} is the last {@link #begin} of the segments
 * before, and their cursor's {@link #end} is where it can begin; whoever puts the parts together checks that.
 *
 * <p><b>Checks.</b> A record counts if its header is plausible, names the record before it, and its CRC is good; the
 * first thing that is not so is the end of WAL, as for recovery (PostgreSQL:
 * {@code src/backend/access/transam/xlogreader.c}, {@code XLogDecodeNextRecord}, in the order of its checks). A length
 * is not believed: a record that crosses pages is gathered in a reused buffer, which grows only as valid pages that
 * continue the record really arrive.
 *
 * <p>A cursor is for one thread.
 */
public final class WalCursor implements Closeable {

    private static final int RECORD_HEADER = 24;
    private static final int CRC_OFFSET = 20;
    private static final int ALIGNMENT = 8;

    /** PostgreSQL: {@code src/include/access/xlogrecord.h}, {@code XLogRecordMaxSize}. */
    private static final long MAX_RECORD = 1020L << 20;

    private static final int XLOG_SWITCH = 0x40;
    private static final int KIND_MASK = 0xF0;

    /** No page: pages begin at multiples of their size. */
    private static final long NONE = -1;

    private final WalPages pages;
    private final WalLayout layout;
    private final int segmentSize;
    private final RecordContent content;
    private final CRC32C crc = new CRC32C();

    /** Records that cross pages are put together here. */
    private byte[] gathered = new byte[2 * WalPages.PAGE_SIZE];

    /** Where the next record can begin, and the positions from which on none is wanted; unsigned. */
    private long position;

    private long limit;

    /** Where the record before the next one begins; 0 if that is not known. */
    private long last;

    /** Set if the present record has been read by {@link #seekFirst} and not yet been delivered. */
    private boolean isWaiting;

    private @Nullable EndOfWal ended;

    private byte[] bytes = gathered;
    private int offset;
    private long begin;
    private int totalLength;

    public WalCursor(WalSegmentSource source, PostgresVersion version, int segmentSize, TimelineHistory history) {
        this.pages = new WalPages(source, version, WalSegmentName.checkSegmentSize(segmentSize), history);
        this.layout = WalLayout.of(version);
        this.segmentSize = segmentSize;
        this.content = new RecordContent(layout);
    }

    /**
     * Puts the cursor before the first record that begins in a range.
     *
     * @param from begin of the range; need not be the start of a record
     * @param until end of the range, exclusive
     */
    public void seekFirst(Lsn from, Lsn until) throws IOException {
        seek(from.value() & -WalPages.PAGE_SIZE, until);
        if (!skipContinuation()) {
            return;
        }
        while (next()) {
            if (Long.compareUnsigned(begin, from.value()) >= 0) {
                isWaiting = true;
                return;
            }
        }
    }

    /**
     * Moves the range's end while a record is present: the next ones are those that begin before the new end.
     *
     * @param until end of the range, exclusive, behind the present record's start
     */
    public void until(Lsn until) {
        limit = until.value();
    }

    private void seek(long at, Lsn until) {
        pages.reset();
        position = at;
        limit = until.value();
        last = 0;
        isWaiting = false;
        ended = null;
    }

    /** Moves from the start of a page behind the rest of a record that began before it. */
    private boolean skipContinuation() throws IOException {
        while (Long.compareUnsigned(position, limit) < 0) {
            if (!pages.enter(position)) {
                return endAtPage();
            }
            int room = WalPages.PAGE_SIZE - pages.headerSize();
            long rest = pages.continuesRecord() ? align(pages.remaining()) : 0;
            if (rest < room) {
                position += pages.headerSize() + rest;
                return true;
            }
            position += WalPages.PAGE_SIZE;
        }
        return endAtLimit();
    }

    /**
     * Moves to the next record.
     *
     * @return false if none follows in the range: {@link #endOfWal} says why. Calling again gives false again
     * @throws WalCorruptException if a record's CRC is good and its content is not
     * @throws IOException if a segment is there and cannot be read
     */
    public boolean next() throws IOException {
        if (isWaiting) {
            isWaiting = false;
            return true;
        }
        if (ended != null || !find()) {
            return false;
        }
        last = begin;
        content.decode(bytes, offset, totalLength, begin);
        return true;
    }

    private boolean find() throws IOException {
        while (Long.compareUnsigned(position, limit) < 0) {
            if (!enter()) {
                return false;
            }
            if (read()) {
                return true;
            }
            if (ended != null) {
                return false;
            }
            // A record that was never finished; now the position is the page where another one stands in its place.
        }
        return endAtLimit();
    }

    /** Goes to the page of the position and sets {@link #begin}. */
    private boolean enter() throws IOException {
        long page = position & -WalPages.PAGE_SIZE;
        if (!pages.enter(page)) {
            return endAtPage();
        }
        int inPage = (int) (position - page);
        int headerSize = pages.headerSize();
        if (inPage != 0 && inPage < headerSize) {
            return endAt(Reason.BAD_PAGE_HEADER, "invalid record offset at " + new Lsn(position));
        }
        begin = inPage == 0 ? position + headerSize : position;
        if (Long.compareUnsigned(begin, limit) >= 0) {
            return endAtLimit();
        }
        if (begin - page == headerSize && pages.continuesRecord()) {
            return endAt(Reason.BAD_CONTINUATION, "contrecord is requested by " + new Lsn(begin));
        }
        return pages.holds(begin) || endAtPage();
    }

    /**
     * Reads the record at {@link #begin}.
     *
     * @return false if there is none: then either WAL ends, or the position is that of a record that replaces it
     */
    private boolean read() throws IOException {
        long page = begin & -WalPages.PAGE_SIZE;
        bytes = pages.bytes();
        offset = pages.offset() + (int) (begin - page);
        int room = WalPages.PAGE_SIZE - (int) (begin - page);
        long total = LittleEndian.uint32(bytes, offset);
        if (room < RECORD_HEADER ? !checkLength(total) : !checkHeader(total)) {
            return false;
        }
        long next = begin + align(total);
        if (total > room) {
            long lastPage = gather(page, room, total);
            if (lastPage == NONE) {
                return false;
            }
            bytes = gathered;
            offset = 0;
            next = lastPage + pages.headerSize() + align(pages.remaining());
        }
        totalLength = (int) total;
        if (!checkCrc()) {
            return false;
        }
        position = isSwitch() ? (next + segmentSize - 1) & -segmentSize : next;
        return true;
    }

    /**
     * Gathers a record that crosses pages.
     *
     * @return the page that it ends on, or {@link #NONE} if WAL ends or another record replaces the rest of this one
     */
    private long gather(long firstPage, int room, long total) throws IOException {
        System.arraycopy(bytes, offset, gathered, 0, room);
        long page = firstPage;
        long length = room;
        while (length < total) {
            page += WalPages.PAGE_SIZE;
            if (!pages.enter(page)) {
                endAtPage();
                return NONE;
            }
            if (pages.replacesContinuation()) {
                position = page;
                return NONE;
            }
            if (!checkContinuation(total, length)) {
                return NONE;
            }
            int part = (int) Math.min(pages.remaining(), WalPages.PAGE_SIZE - pages.headerSize());
            grow((int) length + part, total);
            System.arraycopy(pages.bytes(), pages.offset() + pages.headerSize(), gathered, (int) length, part);
            if (length < RECORD_HEADER) {
                bytes = gathered;
                offset = 0;
                if (!checkHeader(total)) {
                    return NONE;
                }
            }
            length += part;
        }
        return page;
    }

    private boolean checkContinuation(long total, long length) {
        if (!pages.continuesRecord()) {
            return endAt(Reason.BAD_CONTINUATION, "there is no contrecord flag at " + new Lsn(begin));
        }
        long rest = pages.remaining();
        if (rest == 0 || rest != total - length) {
            return endAt(
                    Reason.BAD_CONTINUATION,
                    "invalid contrecord length " + rest + " (expected " + (total - length) + ") at " + new Lsn(begin));
        }
        if (total > MAX_RECORD) {
            return endAt(Reason.BAD_LENGTH, "record length " + total + " at " + new Lsn(begin) + " too long");
        }
        return true;
    }

    private void grow(int needed, long total) {
        if (needed > gathered.length) {
            gathered = Arrays.copyOf(gathered, (int) Math.min(Math.max(2L * gathered.length, needed), total));
        }
    }

    private boolean checkLength(long total) {
        if (total >= RECORD_HEADER) {
            return true;
        }
        return endAt(
                total == 0 ? Reason.ZERO_LENGTH : Reason.BAD_LENGTH,
                "invalid record length at " + new Lsn(begin) + ": wanted " + RECORD_HEADER + ", got " + total);
    }

    private boolean checkHeader(long total) {
        if (!checkLength(total)) {
            return false;
        }
        int manager = LittleEndian.uint8(bytes, offset + 17);
        if (!layout.isResourceManager(manager)) {
            return endAt(
                    Reason.BAD_RESOURCE_MANAGER, "invalid resource manager ID " + manager + " at " + new Lsn(begin));
        }
        long previous = LittleEndian.int64(bytes, offset + 8);
        // Zero before the first record of a range, else all ones. A branch for this would let that record, which is
        // rare, make the JVM throw away what it has compiled.
        long isKnown = (last | -last) >> 63;
        if (((previous ^ last) & isKnown) != 0 || Long.compareUnsigned(previous, begin) >= 0) {
            return endAt(
                    Reason.BAD_PREV_LINK,
                    "record with incorrect prev-link " + new Lsn(previous) + " at " + new Lsn(begin));
        }
        return true;
    }

    /** The CRC goes over what follows the header, then over the header but for the CRC itself. */
    private boolean checkCrc() {
        crc.reset();
        crc.update(bytes, offset + RECORD_HEADER, totalLength - RECORD_HEADER);
        crc.update(bytes, offset, CRC_OFFSET);
        return (int) crc.getValue() == crc()
                || endAt(Reason.BAD_CRC, "incorrect resource manager data checksum in record at " + new Lsn(begin));
    }

    private boolean isSwitch() {
        return resourceManager() == 0 && (info() & KIND_MASK) == XLOG_SWITCH;
    }

    private static long align(long length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }

    private boolean endAtPage() {
        return endAt(Objects.requireNonNull(pages.reason()), pages.detail());
    }

    private boolean endAtLimit() {
        return endAt(Reason.LIMIT, "");
    }

    /** Always false, for the caller to return. */
    private boolean endAt(Reason reason, String detail) {
        ended = new EndOfWal(new Lsn(position), reason, detail, pages.segment(), new Lsn(last));
        return false;
    }

    /**
     * Why there is no further record.
     *
     * @throws IllegalStateException before {@link #next} has given false
     */
    public EndOfWal endOfWal() {
        if (ended == null) {
            throw new IllegalStateException("WAL has not been read to its end");
        }
        return ended;
    }

    /** Where the present record begins. */
    public long begin() {
        return begin;
    }

    /** Where the present record ends, up to which the next one cannot begin: see {@link WalRecord#end}. */
    public long end() {
        return position;
    }

    /** {@code xl_prev}: where the record before the present one begins. */
    public long previous() {
        return LittleEndian.int64(bytes, offset + 8);
    }

    /** {@code xl_tot_len}, in bytes. */
    public int totalLength() {
        return totalLength;
    }

    /** {@code xl_xid}, unsigned. */
    public int xid() {
        return LittleEndian.int32(bytes, offset + 4);
    }

    /** {@code xl_info}, from 0 to 255. */
    public int info() {
        return LittleEndian.uint8(bytes, offset + 16);
    }

    /** {@code xl_rmid}, from 0 to 255. */
    public int resourceManager() {
        return LittleEndian.uint8(bytes, offset + 17);
    }

    /** {@code xl_crc}. */
    public int crc() {
        return LittleEndian.int32(bytes, offset + CRC_OFFSET);
    }

    /** Holds the present record, from {@link #offset} on. */
    public byte[] bytes() {
        return bytes;
    }

    /** Of the present record's header within {@link #bytes}. */
    public int offset() {
        return offset;
    }

    /** The present record's blocks and data: always the same object. */
    public RecordContent content() {
        return content;
    }

    @Override
    public void close() throws IOException {
        pages.close();
    }
}
