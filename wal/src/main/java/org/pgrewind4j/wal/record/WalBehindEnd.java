package org.pgrewind4j.wal.record;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineSpan;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.EndOfWal.Reason;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.framing.LittleEndian;
import org.pgrewind4j.wal.framing.WalPages;

/**
 * Looks behind the end of the WAL that a primary has left. The first thing that is no record ends recovery; it need not
 * be where the server stopped writing: one damaged byte, or a lost segment, looks the same. What lies behind tells.
 *
 * <p>What a server guarantees (PostgreSQL: {@code src/backend/access/transam/xlog.c}, {@code XLogWrite},
 * {@code AdvanceXLInsertBuffer}, {@code WaitXLogInsertionsToFinish}; the same from 9.6 to 18):
 *
 * <ol>
 * <li>Pages are written whole and in order, and what is not used of a page yet is zeros. So a killed server leaves no
 *     page of the present use, which names its own position, behind one that it did not write. A file that is reused
 *     names older positions, for its new name is always a later one; or, after a promotion, an older timeline.
 * <li>A page is written when all records that end in it are complete, but for the last page of a write. So the last
 *     record can lack pages at its end, but its pages are there from the first one on. After the next crash recovery
 *     such pages can still lie behind the new end. By themselves they prove nothing.
 * <li>In the last page a complete record can follow one that another process was still copying.
 * <li>A segment is forced to the disk before the first page of the next one is written. So even if the machine lost
 *     power, which can keep later pages of a segment and lose earlier ones, a page in a later segment proves that the
 *     segments before it were whole.
 * </ol>
 *
 * <p>Hence a page in a later segment means that WAL was damaged or lost. Whatever else stands behind the end leaves a
 * doubt, which the data decides: no page of a relation is written before the WAL up to its LSN is on the disk.
 *
 * <p>None of this holds for a standby, whose WAL receiver leaves old bytes behind the end within a page; it needs none
 * of it: its control file says up to where its data may have been changed.
 */
public final class WalBehindEnd implements Closeable {

    private static final int PAGE = WalPages.PAGE_SIZE;
    private static final int RECORD_HEADER = 24;
    private static final int ALIGNMENT = 8;
    private static final int CONTINUES_RECORD = 0x01;
    private static final int IS_LONG = 0x02;
    private static final int ALL_FLAGS = 0x0F;

    private final WalSegmentSource source;
    private final PostgresVersion version;
    private final int segmentSize;
    private final long systemIdentifier;
    private final TimelineHistory history;
    private final EndOfWal end;

    private final byte[] page = new byte[PAGE];
    private @Nullable WalSegment file;
    private long fileNumber = -1;
    private Lsn fileEnd = Lsn.INVALID;

    /** Where the record would begin that is not there: behind the header where a page begins, if that page is there. */
    private long begin;

    WalBehindEnd(
            WalSegmentSource source,
            PostgresVersion version,
            int segmentSize,
            long systemIdentifier,
            TimelineHistory history,
            EndOfWal end) {
        this.source = source;
        this.version = version;
        this.segmentSize = segmentSize;
        this.systemIdentifier = systemIdentifier;
        this.history = history;
        this.end = end;
        this.begin = end.position().value();
    }

    /**
     * Looks behind an end.
     *
     * @param source has the segments
     * @param controlFile of the cluster, which was a primary when it stopped or crashed
     * @param history the cluster's own
     * @param end where reading its WAL ended, behind its last checkpoint
     * @param listed segments that the source is known to have; those before the end do not matter
     * @return whether something stands there that leaves a doubt: then a relation's page with an LSN behind the end
     *     proves that WAL was damaged, and without such a page nothing of it was applied
     * @throws MissingWalException if a later segment proves that one is missing
     * @throws WalEndsTooEarlyException if a later segment proves that WAL went on
     * @throws IOException if the source cannot read
     */
    public static boolean isDoubtful(
            WalSegmentSource source,
            ControlFile controlFile,
            TimelineHistory history,
            EndOfWal end,
            Collection<WalSegmentName> listed)
            throws IOException {
        try (WalBehindEnd behind = new WalBehindEnd(
                source,
                controlFile.version(),
                controlFile.walSegmentSize(),
                controlFile.systemIdentifier(),
                history,
                end)) {
            return behind.look(listed);
        }
    }

    boolean look(Collection<WalSegmentName> listed) throws IOException {
        if (begin % PAGE == 0 && isThere(begin)) {
            begin += PAGE - room();
        }
        long at = (begin + PAGE - 1) & -PAGE;
        while (isThere(at) && restOfRecord() > room()) {
            at += PAGE;
        }
        boolean isThere = isThere(at);
        boolean endsRecord = isThere && restOfRecord() > 0;
        long holeSegment = number(isThere && !endsRecord ? at - 1 : at);
        boolean isDoubtful = isThere || isOdd();
        long endOfSegment = (holeSegment + 1) * segmentSize;
        for (long next = at + PAGE; Long.compareUnsigned(next, endOfSegment) < 0 && !isDoubtful; next += PAGE) {
            isDoubtful = isThere(next);
        }
        requireNothingIn(holeSegment, listed);
        return isDoubtful;
    }

    private void requireNothingIn(long holeSegment, Collection<WalSegmentName> listed) throws IOException {
        long next = holeSegment + 1;
        for (int inSegment = 0; inSegment < segmentSize; inSegment += PAGE) {
            requireNotThere(next * segmentSize + inSegment, holeSegment);
        }
        TreeSet<Long> later = new TreeSet<>();
        listed.stream().map(WalSegmentName::segmentNumber).filter(n -> n > next).forEach(later::add);
        for (long number : later) {
            requireNotThere(number * segmentSize, holeSegment);
        }
    }

    private void requireNotThere(long position, long holeSegment) throws IOException {
        if (!isThere(position)) {
            return;
        }
        WalSegmentName proof = name(number(position));
        if (end.reason() == Reason.MISSING_SEGMENT) {
            List<WalSegmentName> missing = new ArrayList<>();
            for (long number = holeSegment; number < proof.segmentNumber(); number++) {
                if (!open(number)) {
                    missing.add(name(number));
                }
            }
            if (!missing.isEmpty()) {
                throw new MissingWalException(missing, "to read the changes up to segment " + proof);
            }
        }
        throw WalEndsTooEarlyException.proven(
                end, proof.begin(), "for segment " + proof + ", which was written later, is there");
    }

    /** Whether what ended reading is not what stands behind the last record that a server wrote. */
    private boolean isOdd() throws IOException {
        return switch (end.reason()) {
            case ZERO_LENGTH -> !isBlankBehind();
            case ZERO_PAGE, RECYCLED_PAGE, BAD_TIMELINE -> holdsLaterRecord();
            default -> true;
        };
    }

    /** Whether the page that the end lies in is zeros from there on. */
    private boolean isBlankBehind() throws IOException {
        if (inPage() != 0 && loadPageOfEnd()) {
            for (int i = inPage(); i < PAGE; i++) {
                if (page[i] != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether a record follows that names one at or behind the end as the one before it. */
    private boolean holdsLaterRecord() throws IOException {
        if (inPage() == 0 || !loadPageOfEnd()) {
            return false;
        }
        for (int at = inPage() + ALIGNMENT; at <= PAGE - RECORD_HEADER; at += ALIGNMENT) {
            long previous = LittleEndian.int64(page, at + 8);
            boolean isLinked = Long.compareUnsigned(previous, begin) >= 0
                    && Long.compareUnsigned(previous, begin - inPage() + at) < 0;
            if (isLinked && isRecord(at)) {
                return true;
            }
        }
        return false;
    }

    private boolean isRecord(int at) {
        long length = LittleEndian.uint32(page, at);
        if (length < RECORD_HEADER || length > PAGE - at) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(page, at + RECORD_HEADER, (int) length - RECORD_HEADER);
        crc.update(page, at, RECORD_HEADER - Integer.BYTES);
        return (int) crc.getValue() == LittleEndian.int32(page, at + RECORD_HEADER - Integer.BYTES);
    }

    private int inPage() {
        return (int) begin & (PAGE - 1);
    }

    private boolean loadPageOfEnd() throws IOException {
        return load(begin - inPage(), PAGE);
    }

    /** Whether the page at a position was written there, by this cluster and on the timeline that it was on there. */
    private boolean isThere(long position) throws IOException {
        if (!load(position, WalPages.LONG_HEADER)) {
            return false;
        }
        int flags = LittleEndian.uint16(page, 2);
        boolean beginsSegment = position % segmentSize == 0;
        return LittleEndian.uint16(page, 0) == version.walPageMagic()
                && (flags & ~ALL_FLAGS) == 0
                && ((flags & IS_LONG) != 0) == beginsSegment
                && LittleEndian.int64(page, 8) == position
                && LittleEndian.uint32(page, 4)
                        == history.timelineAt(new Lsn(position)).value()
                && (!beginsSegment
                        || (LittleEndian.int64(page, 24) == systemIdentifier
                                && LittleEndian.int32(page, 32) == segmentSize));
    }

    /** How much of an earlier record the loaded page has still to hold, with what is behind it; 0 for none. */
    private long restOfRecord() {
        return (LittleEndian.uint16(page, 2) & CONTINUES_RECORD) == 0 ? 0 : LittleEndian.uint32(page, 16);
    }

    private int room() {
        return PAGE - ((LittleEndian.uint16(page, 2) & IS_LONG) == 0 ? WalPages.SHORT_HEADER : WalPages.LONG_HEADER);
    }

    /** Reads the first bytes of a page; false if they are not there. */
    private boolean load(long position, int length) throws IOException {
        if (!open(number(position)) || !new Lsn(position).isBefore(fileEnd) || file == null) {
            return false;
        }
        ByteBuffer buffer = ByteBuffer.wrap(page, 0, length);
        long inSegment = position & (segmentSize - 1);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, inSegment + buffer.position()) <= 0) {
                return false;
            }
        }
        return true;
    }

    /** Opens the file that holds a segment, as reading does; false if there is none. */
    private boolean open(long number) throws IOException {
        if (number == fileNumber) {
            return file != null;
        }
        close();
        fileNumber = number;
        for (int i = history.spans().size() - 1; i >= 0; i--) {
            TimelineSpan span = history.spans().get(i);
            WalSegmentName candidate = new WalSegmentName(span.timeline(), number, segmentSize);
            if (span.begin().isBefore(candidate.end()) && candidate.begin().isBefore(span.end())) {
                Optional<WalSegment> found = source.open(candidate);
                if (found.isPresent()) {
                    file = found.get();
                    fileEnd = span.end();
                    return true;
                }
            }
        }
        return false;
    }

    private WalSegmentName name(long number) {
        Lsn last = new Lsn((number + 1) * segmentSize - 1);
        return new WalSegmentName(history.timelineAt(last), number, segmentSize);
    }

    private long number(long position) {
        return Long.divideUnsigned(position, segmentSize);
    }

    @Override
    public void close() throws IOException {
        WalSegment open = file;
        file = null;
        fileNumber = -1;
        if (open != null) {
            open.close();
        }
    }
}
