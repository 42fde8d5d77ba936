package org.pgrewind4j.wal.framing;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.wal.EndOfWal.Reason;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * WAL as a row of pages whose headers have been checked. One page is current at a time; asking for a page allocates
 * nothing, but for opening the next segment.
 *
 * <table>
 * <caption>The header of a page, little-endian; flag {@code 0x02} announces the long form, which begins a
 * segment</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th><th>checked</th></tr>
 * <tr><td>0</td><td>2</td><td>{@code xlp_magic}</td><td>the release's</td></tr>
 * <tr><td>2</td><td>2</td><td>{@code xlp_info}</td><td>known flags only; long form at a segment's start</td></tr>
 * <tr><td>4</td><td>4</td><td>{@code xlp_tli}</td><td>part of the history, not before the page before's</td></tr>
 * <tr><td>8</td><td>8</td><td>{@code xlp_pageaddr}</td><td>the page's position: tells pages of an older use</td></tr>
 * <tr><td>16</td><td>4</td><td>{@code xlp_rem_len}</td><td>by the reader of the record that continues here</td></tr>
 * <tr><td>24</td><td>8</td><td>{@code xlp_sysid}</td><td>equal in all segments</td></tr>
 * <tr><td>32</td><td>4</td><td>{@code xlp_seg_size}</td><td>the cluster's</td></tr>
 * <tr><td>36</td><td>4</td><td>{@code xlp_xlog_blcksz}</td><td>8192</td></tr>
 * </table>
 *
 * <p>PostgreSQL: {@code src/include/access/xlog_internal.h}, {@code XLogPageHeaderData} and
 * {@code XLogLongPageHeaderData}; {@code src/backend/access/transam/xlogreader.c},
 * {@code XLogReaderValidatePageHeader}.
 */
public final class WalPages implements Closeable {

    /** The size of a WAL page in bytes. */
    public static final int PAGE_SIZE = 8192;

    public static final int SHORT_HEADER = 24;
    public static final int LONG_HEADER = 40;

    private static final int CONTINUES_RECORD = 0x01;
    private static final int IS_LONG = 0x02;
    private static final int REPLACES_CONTINUATION = 0x08;
    private static final int ALL_FLAGS = 0x0F;

    private static final long NO_PAGE = -1;

    private final SegmentWindow window;
    private final PostgresVersion version;
    private final int segmentSize;

    /** Of the history, ascending. */
    private final long[] timelines;

    /** Position of the current page, and where its bytes are. */
    private long current = NO_PAGE;

    private int offset;
    private int flags;

    /** Of the page read last: the next one's timeline is not older. */
    private long lastTimeline;

    private long lastPage;
    private long systemIdentifier;

    private @Nullable Reason reason;
    private String detail = "";

    WalPages(WalSegmentSource source, PostgresVersion version, int segmentSize, TimelineHistory history) {
        this.window = new SegmentWindow(source, segmentSize, history);
        this.version = version;
        this.segmentSize = segmentSize;
        this.timelines = new long[history.spans().size()];
        for (int i = 0; i < timelines.length; i++) {
            timelines[i] = history.spans().get(i).timeline().value();
        }
    }

    /** Forgets what was read: the next page may be any. */
    void reset() {
        current = NO_PAGE;
        lastTimeline = 0;
        lastPage = 0;
        reason = null;
    }

    /**
     * Makes a page the current one. The bytes of the page before are gone then.
     *
     * @param position of its first byte
     * @return false if it cannot be read or is not valid: see {@link #reason}
     */
    boolean enter(long position) throws IOException {
        if (position == current) {
            return true;
        }
        current = NO_PAGE;
        if (!window.holdsPage(position) && !bring(position)) {
            return false;
        }
        if (!check(position)) {
            return false;
        }
        current = position;
        return true;
    }

    /**
     * Brings a page into the window. Apart from {@link #enter}, so that the first page of another file, which the JVM
     * has not seen come while it compiled the scan, is no reason for it to compile all of that again.
     */
    private boolean bring(long position) throws IOException {
        if (!window.isOpenAt(position)) {
            if (!window.open(position)) {
                return fail(window.reason(), window.detail());
            }
            // The long header identifies the file, so it is checked even where reading begins behind it.
            int inSegment = (int) position & (segmentSize - 1);
            if (inSegment != 0 && !(load(position - inSegment) && check(position - inSegment))) {
                return false;
            }
        }
        return load(position);
    }

    private boolean load(long position) throws IOException {
        return window.load(position) || fail(window.reason(), window.detail());
    }

    private boolean check(long position) {
        offset = window.offset(position);
        return checkHeader(position, window.bytes(), offset);
    }

    private boolean checkHeader(long position, byte[] bytes, int at) {
        int magic = LittleEndian.uint16(bytes, at);
        if (magic != version.walPageMagic()) {
            return badMagic(magic, position);
        }
        flags = LittleEndian.uint16(bytes, at + 2);
        boolean beginsSegment = ((int) position & (segmentSize - 1)) == 0;
        if ((flags & ~ALL_FLAGS) != 0 || (beginsSegment && (flags & IS_LONG) == 0)) {
            return fail(Reason.BAD_PAGE_HEADER, String.format(Locale.ROOT, "invalid info bits %04X", flags), position);
        }
        if ((flags & IS_LONG) != 0 && !checkLongHeader(bytes, at)) {
            return false;
        }
        long address = LittleEndian.int64(bytes, at + 8);
        if (address != position) {
            return fail(Reason.RECYCLED_PAGE, "unexpected pageaddr " + new Lsn(address), position);
        }
        return checkTimeline(LittleEndian.uint32(bytes, at + 4), position);
    }

    private boolean badMagic(int magic, long position) {
        String problem = String.format(Locale.ROOT, "invalid magic number %04X", magic);
        boolean failed = fail(magic == 0 ? Reason.ZERO_PAGE : Reason.BAD_MAGIC, problem, position);
        int swapped = Short.toUnsignedInt(Short.reverseBytes((short) magic));
        for (PostgresVersion other : PostgresVersion.values()) {
            if (magic == other.walPageMagic()) {
                detail += "\nHINT: this is WAL of " + other + ", not of " + version;
            } else if (swapped == other.walPageMagic()) {
                detail += "\nHINT: this is WAL of a machine with the other byte order";
            }
        }
        return failed;
    }

    private boolean checkLongHeader(byte[] bytes, int at) {
        long found = LittleEndian.int64(bytes, at + 24);
        String problem = "";
        if (systemIdentifier != 0 && found != systemIdentifier) {
            problem = "WAL file database system identifier is " + Long.toUnsignedString(found)
                    + ", pg_control database system identifier is " + Long.toUnsignedString(systemIdentifier);
        } else if (LittleEndian.int32(bytes, at + 32) != segmentSize) {
            problem = "incorrect segment size in page header";
        } else if (LittleEndian.int32(bytes, at + 36) != PAGE_SIZE) {
            problem = "incorrect XLOG_BLCKSZ in page header";
        }
        if (!problem.isEmpty()) {
            return fail(Reason.BAD_PAGE_HEADER, "WAL file is from different database system: " + problem);
        }
        systemIdentifier = found;
        return true;
    }

    private boolean checkTimeline(long timeline, long position) {
        if (Long.compareUnsigned(position, lastPage) > 0 && timeline < lastTimeline) {
            return fail(
                    Reason.BAD_TIMELINE,
                    "out-of-sequence timeline ID " + timeline + " (after " + lastTimeline + ")",
                    position);
        }
        // What came before the first timeline that the history knows cannot be told.
        if (timeline >= timelines[0] && Arrays.binarySearch(timelines, timeline) < 0) {
            return fail(Reason.BAD_TIMELINE, "unexpected timeline ID " + timeline, position);
        }
        lastPage = position;
        lastTimeline = timeline;
        return true;
    }

    private boolean fail(Reason why, String problem, long position) {
        int inSegment = (int) position & (segmentSize - 1);
        return fail(why, problem + " in log segment " + window.segment() + ", offset " + inSegment);
    }

    private boolean fail(Reason why, String text) {
        reason = why;
        detail = text;
        return false;
    }

    /** Holds the current page. */
    byte[] bytes() {
        return window.bytes();
    }

    /** Of the current page's first byte within {@link #bytes}. */
    int offset() {
        return offset;
    }

    /** The size of the current page's header in bytes. */
    int headerSize() {
        return (flags & IS_LONG) != 0 ? LONG_HEADER : SHORT_HEADER;
    }

    /** Whether the current page begins with the rest of a record. */
    boolean continuesRecord() {
        return (flags & CONTINUES_RECORD) != 0;
    }

    /** Whether the current page begins with a record that stands where the rest of a lost one should. */
    boolean replacesContinuation() {
        return (flags & REPLACES_CONTINUATION) != 0;
    }

    /** How much of the record that continues in the current page is left, an unsigned 32-bit number. */
    long remaining() {
        return LittleEndian.uint32(window.bytes(), offset + 16);
    }

    /**
     * Whether the current page's file holds this history's WAL at a position of the page: not behind the position where
     * the file's timeline was left.
     */
    boolean holds(long position) {
        if (window.isOpenAt(position)) {
            return true;
        }
        window.reportMissing(position);
        return fail(window.reason(), window.detail());
    }

    WalSegmentName segment() {
        return window.segment();
    }

    /** Why {@link #enter} failed. */
    @Nullable Reason reason() {
        return reason;
    }

    /** Why {@link #enter} failed, for people. */
    String detail() {
        return detail;
    }

    @Override
    public void close() throws IOException {
        window.close();
    }
}
