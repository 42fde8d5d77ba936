package org.pgrewind4j.wal.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.framing.WalPages;

/**
 * Finds where records end in WAL that a running server has flushed.
 *
 * <p>A server flushes up to the end of a record, or it fills its buffers' pages and flushes whole pages (PostgreSQL 18:
 * {@code src/backend/access/transam/xlog.c}, {@code XLogBackgroundFlush}, {@code XLogWrite} and
 * {@code AdvanceXLInsertBuffer}; {@code WaitXLogInsertionsToFinish} gives the end of a record, or the start of a page
 * that a record continues in). So a flush position within a page is the end of a record by itself, and one between two
 * pages can lie inside a record, whose rest may not be written for long. Which it is, the pages before the position
 * tell: all of them are on the disk.
 *
 * <p>Lengths are enough to walk along the records of a page; a record begins with its length, and lengths are not split
 * ({@code src/include/access/xlogrecord.h}, {@code XLogRecord}).
 */
public final class RecordBoundary {

    private static final int ALIGNMENT = 8;
    private static final int LEAST_RECORD = 24;
    private static final int CONTINUES_RECORD = 0x01;
    private static final int IS_LONG = 0x02;

    /** Most records are shorter than what is read at once. */
    private static final int CHUNK = 16 * WalPages.PAGE_SIZE;

    private static final int NOT_FOUND = -1;

    private final PostgresVersion version;
    private final Lsn position;
    private final boolean endsSegment;

    private RecordBoundary(PostgresVersion version, Lsn position, int segmentSize) {
        this.version = version;
        this.position = position;
        this.endsSegment = Long.remainderUnsigned(position.value(), segmentSize) == 0;
    }

    /**
     * Moves a flush position back to the end of the last record that is flushed whole.
     *
     * @param source has the segment before the position
     * @param version the release that wrote the WAL
     * @param segmentSize the cluster's WAL segment size in bytes
     * @param timeline the timeline whose file holds the WAL before the position
     * @param position up to where WAL is on disk
     * @return the position itself if a record ends there
     * @throws MissingWalException if the segment is not there, or not any more
     * @throws IOException if it cannot be read, or is not what it must be before such a position
     */
    public static Lsn atOrBefore(
            WalSegmentSource source, PostgresVersion version, int segmentSize, TimelineId timeline, Lsn position)
            throws IOException {
        if (Long.remainderUnsigned(position.value(), WalPages.PAGE_SIZE) != 0) {
            return position;
        }
        RecordBoundary search = new RecordBoundary(version, position, segmentSize);
        Lsn end = position;
        while (true) {
            WalSegmentName name = WalSegmentName.containing(timeline, end.plus(-1), segmentSize);
            try (WalSegment segment = source.open(name)
                    .orElseThrow(() ->
                            new MissingWalException(List.of(name), "to find the last record before " + position))) {
                while (end.isAfter(name.begin())) {
                    Lsn begin = Lsn.max(name.begin(), end.plus(-CHUNK));
                    Optional<Lsn> found = search.last(search.read(segment, name, begin, end), begin);
                    if (found.isPresent()) {
                        return found.get();
                    }
                    end = begin;
                }
            }
        }
    }

    private ByteBuffer read(WalSegment segment, WalSegmentName name, Lsn begin, Lsn end) throws IOException {
        ByteBuffer pages = ByteBuffer.allocate((int) end.minus(begin)).order(ByteOrder.LITTLE_ENDIAN);
        while (pages.hasRemaining()) {
            if (segment.read(pages, begin.minus(name.begin()) + pages.position()) < 0) {
                // What was removed since it was opened looks like one that ends here.
                throw missing(name);
            }
        }
        return pages;
    }

    /** The last boundary in some pages; empty if one record goes through all of them. */
    private Optional<Lsn> last(ByteBuffer pages, Lsn begin) throws IOException {
        for (int at = pages.limit() - WalPages.PAGE_SIZE; at >= 0; at -= WalPages.PAGE_SIZE) {
            ByteBuffer page = pages.slice(at, WalPages.PAGE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
            if (endsSegment && isBehindSwitch(page)) {
                return Optional.of(position);
            }
            int boundary = isBlank(page) ? NOT_FOUND : lastIn(page, begin.plus(at));
            if (boundary != NOT_FOUND) {
                return Optional.of(begin.plus(at + boundary));
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a page shows that its segment was ended early, and so at the segment's end: nothing else leaves zeros
     * where a record would begin, before a flush position. From 11 on the pages behind such a switch have no header.
     */
    private static boolean isBehindSwitch(ByteBuffer page) {
        if (isBlank(page)) {
            return true;
        }
        long at = first(page);
        while (at < WalPages.PAGE_SIZE) {
            long length = Integer.toUnsignedLong(page.getInt((int) at));
            if (length == 0) {
                return true;
            }
            at += Math.max(align(length), LEAST_RECORD);
        }
        return false;
    }

    private static boolean isBlank(ByteBuffer page) {
        return page.getShort(0) == 0;
    }

    private int lastIn(ByteBuffer page, Lsn begin) throws IOException {
        if (Short.toUnsignedInt(page.getShort(0)) != version.walPageMagic() || page.getLong(8) != begin.value()) {
            throw malformed(begin, "a page of another position or release");
        }
        long at = first(page);
        if (at > WalPages.PAGE_SIZE) {
            return NOT_FOUND;
        }
        long boundary = at;
        while (at < WalPages.PAGE_SIZE) {
            long length = Integer.toUnsignedLong(page.getInt((int) at));
            if (length == 0) {
                // The zeros behind a switch, which itself reaches to the end of the segment.
                break;
            }
            if (length < LEAST_RECORD) {
                throw malformed(begin.plus(at), "a record of " + length + " bytes");
            }
            boundary = at;
            at += align(length);
        }
        long last = at == WalPages.PAGE_SIZE ? at : boundary;
        // A record right behind the header follows one that ended with the page before.
        return last == header(page) ? 0 : (int) last;
    }

    private static int header(ByteBuffer page) {
        return (page.getShort(2) & IS_LONG) != 0 ? WalPages.LONG_HEADER : WalPages.SHORT_HEADER;
    }

    /** Where the first record of a page begins; behind the page if the record before it continues there. */
    private static long first(ByteBuffer page) {
        boolean continues = (page.getShort(2) & CONTINUES_RECORD) != 0;
        return header(page) + (continues ? align(Integer.toUnsignedLong(page.getInt(16))) : 0);
    }

    private MissingWalException missing(WalSegmentName name) {
        return new MissingWalException(List.of(name), "to find the last record before " + position);
    }

    private IOException malformed(Lsn at, String found) {
        return new IOException("malformed WAL before the server's flush position " + position
                + ": expected records, found " + found + " at " + at);
    }

    private static long align(long length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
