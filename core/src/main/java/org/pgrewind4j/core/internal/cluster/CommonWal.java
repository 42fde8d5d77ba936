package org.pgrewind4j.core.internal.cluster;

import java.io.IOException;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineSpan;
import org.pgrewind4j.wal.EndOfWal.Reason;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

/**
 * Compares what two clusters have of the WAL that they ought to share, up to a position.
 *
 * <p>Equal history files do not prove equal WAL: two servers that were promoted apart from each other at one position have
 * the same timeline number, begin, and history file. Nor does one equal record: two servers that do the same write the
 * same records. But a record with a time in microseconds, that of a transaction's end or of a promotion, was written by
 * one server at one moment ({@code src/include/access/xact.h}, {@code xl_xact_commit};
 * {@code src/include/access/xlog_internal.h}, {@code xl_end_of_recovery}): who has it got it with all WAL before it. So
 * both share their WAL up to a position if such a record on the timeline is the same on both sides, and all records from
 * there on are.
 *
 * <p>A missing record proves nothing. Segments are looked for that both sides have.
 */
public final class CommonWal {

    private static final long FIRST_WINDOW = 64 << 10;
    private static final int WIDER = 16;
    private static final int PAGE = 8192;

    /** Behind the end of a page a record begins after a header ({@code xlog_internal.h}, {@code SizeOfXLogLongPHD}). */
    private static final int LONGEST_PAGE_HEADER = 40;

    private static final int END_OF_RECOVERY = 0x90;

    /** Commit, prepare, abort, and both of a prepared transaction ({@code src/include/access/xact.h}). */
    private static final int LAST_TRANSACTION_END = 0x40;

    /** What a comparison came to. */
    public sealed interface Result {}

    /**
     * The same WAL.
     *
     * @param until up to where: the end that was given, unless one side ends before it
     */
    public record Same(Lsn until) implements Result {

        /** Whether there should be a record between where both are the same and a position. */
        public boolean isBefore(Lsn position) {
            boolean isEndOfPage = until.value() % PAGE == 0;
            return until.plus(isEndOfPage ? LONGEST_PAGE_HEADER : 0).isBefore(position);
        }
    }

    /** Two branches. */
    public record Different(WalRecord ofTarget, WalRecord ofSource) implements Result {}

    /**
     * Nothing that tells is there.
     *
     * @param from the position from which on both have WAL; the end if there is none
     */
    public record Unknown(Lsn from) implements Result {}

    /** One side: where its WAL is, and which. */
    public record Side(WalSegmentSource wal, TimelineHistory history) {
        boolean has(Lsn position, int segmentSize) throws IOException {
            for (TimelineSpan span : history.spans()) {
                WalSegmentName name = WalSegmentName.containing(span.timeline(), position, segmentSize);
                if (span.begin().isBefore(name.end()) && position.isBefore(span.end())) {
                    Optional<WalSegment> segment = wal.open(name);
                    if (segment.isPresent()) {
                        segment.get().close();
                        return true;
                    }
                }
            }
            return false;
        }
    }

    private final ControlFile controlFile;
    private final Side target;
    private final Side source;

    public CommonWal(ControlFile controlFile, Side target, Side source) {
        this.controlFile = controlFile;
        this.target = target;
        this.source = source;
    }

    /**
     * Compares.
     *
     * @param end up to where both should share their WAL; neither ends before it
     */
    public Result compare(Lsn end) throws IOException {
        Lsn begin = spanBefore(target.history(), end).begin();
        for (long window = FIRST_WINDOW; ; window *= WIDER) {
            Lsn wanted = end.minus(begin) <= window
                    ? begin
                    : new Lsn(end.plus(-window).value() & -PAGE);
            Lsn from = oldestShared(wanted, end);
            Result result = from.isBefore(end) ? compare(begin, from, end) : new Unknown(end);
            if (!(result instanceof Unknown) || from.equals(begin) || from.isAfter(wanted)) {
                return result;
            }
        }
    }

    /** The first position, not before the wanted one, from which on both have all segments. */
    private Lsn oldestShared(Lsn wanted, Lsn end) throws IOException {
        Lsn oldest = end;
        while (oldest.isAfter(wanted) && bothHave(oldest.plus(-1))) {
            oldest = new Lsn(oldest.plus(-1).value() & -controlFile.walSegmentSize());
        }
        return Lsn.max(oldest, wanted);
    }

    private boolean bothHave(Lsn position) throws IOException {
        int size = controlFile.walSegmentSize();
        return target.has(position, size) && source.has(position, size);
    }

    private Result compare(Lsn begin, Lsn from, Lsn end) throws IOException {
        try (WalReader ofTarget = open(target, from, end);
                WalReader ofSource = open(source, from, end)) {
            boolean isFirst = from.equals(begin);
            boolean isProven = false;
            while (true) {
                Optional<WalRecord> a = ofTarget.next();
                Optional<WalRecord> b = ofSource.next();
                if (a.isEmpty() || b.isEmpty()) {
                    return isProven ? new Same(until(ofTarget, ofSource, a, b, end)) : new Unknown(from);
                }
                if (!isSame(a.get(), b.get())) {
                    return new Different(a.get(), b.get());
                }
                isProven |= isFirst || tellsBranch(a.get(), begin);
                isFirst = false;
            }
        }
    }

    /** Where the side ended that has no further record. */
    private static Lsn until(WalReader a, WalReader b, Optional<WalRecord> ofA, Optional<WalRecord> ofB, Lsn end) {
        Lsn endOfA = ofA.isPresent() || a.end().reason() == Reason.LIMIT
                ? end
                : a.end().position();
        Lsn endOfB = ofB.isPresent() || b.end().reason() == Reason.LIMIT
                ? end
                : b.end().position();
        return Lsn.min(endOfA, endOfB);
    }

    private WalReader open(Side side, Lsn from, Lsn end) {
        return WalReader.open(side.wal(), controlFile.version(), controlFile.walSegmentSize(), side.history(), from)
                .until(end);
    }

    static boolean isSame(WalRecord a, WalRecord b) {
        return a.begin().equals(b.begin()) && a.crc() == b.crc() && a.totalLength() == b.totalLength();
    }

    /**
     * Whether no other server has written the same: it holds a time in microseconds. A checkpoint's time is in seconds,
     * which is enough where no two servers can have begun the timeline.
     *
     * @param begin where the record's timeline begins
     */
    static boolean tellsBranch(WalRecord record, Lsn begin) {
        int info = record.info() & 0xF0;
        if (!begin.isValid() && record.checkpoint().isPresent()) {
            return true;
        }
        return record.resourceManager().equals(ResourceManager.TRANSACTION)
                ? (info & 0x70) <= LAST_TRANSACTION_END
                : record.resourceManager().equals(ResourceManager.XLOG) && info == END_OF_RECOVERY;
    }

    /** The span of the byte before a position. */
    public static TimelineSpan spanBefore(TimelineHistory history, Lsn end) {
        return history.span(history.timelineAt(end.plus(-1))).orElseThrow();
    }
}
