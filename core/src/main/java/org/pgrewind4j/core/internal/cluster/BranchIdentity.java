package org.pgrewind4j.core.internal.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.timeline.TimelineSpan;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

/**
 * Which branch a rewind went to, in a form that is left in the target: the timeline, where it begins, and records of it
 * that no other branch has. Two servers that were promoted at one position have the same timeline number and begin; the
 * records tell them apart, as {@link CommonWal} says. One is the first of the timeline, the other the last such one
 * before the end of replay, which the source has for longer.
 *
 * @param timeline its number
 * @param begin where it begins
 * @param end up to where the rewind goes
 * @param marks records of it, the first one first; none if they could not be read
 */
public record BranchIdentity(TimelineId timeline, Lsn begin, Lsn end, List<Mark> marks) {

    private static final Pattern TEXT =
            Pattern.compile("timeline (\\d+) from (\\S+) to (\\S+)((?: record \\S+ \\S+)*)");
    private static final Pattern MARK = Pattern.compile(" record (\\S+) ([0-9A-F]{8})");

    private static final long FIRST_WINDOW = 64 << 10;
    private static final long WIDEST_WINDOW = 16 << 20;
    private static final int PAGE = 8192;

    public BranchIdentity {
        marks = List.copyOf(marks);
    }

    /** A record. */
    record Mark(Lsn position, int crc) {
        static Mark of(WalRecord record) {
            return new Mark(record.begin(), record.crc());
        }
    }

    /** Whether a cluster is on this branch. */
    public enum Match {
        SAME,
        DIFFERENT,
        UNKNOWN
    }

    /** Reads a branch's marks. */
    public static BranchIdentity of(WalSegmentSource wal, Cluster cluster, Lsn end) throws IOException {
        TimelineSpan span = CommonWal.spanBefore(cluster.history(), end);
        List<Mark> marks = new ArrayList<>();
        if (span.begin().isValid()) {
            next(wal, cluster, span.begin()).ifPresent(record -> marks.add(Mark.of(record)));
        }
        last(wal, cluster, span.begin(), end)
                .map(Mark::of)
                .filter(mark -> !marks.contains(mark))
                .ifPresent(marks::add);
        return new BranchIdentity(span.timeline(), span.begin(), end, marks);
    }

    /** The record at a position, or the first one behind it. */
    private static Optional<WalRecord> next(WalSegmentSource wal, Cluster cluster, Lsn from) throws IOException {
        try (WalReader reader = open(wal, cluster, from)) {
            return reader.next();
        }
    }

    private static Optional<WalRecord> last(WalSegmentSource wal, Cluster cluster, Lsn begin, Lsn end)
            throws IOException {
        for (long window = FIRST_WINDOW; window <= WIDEST_WINDOW; window *= 16) {
            Lsn from = end.minus(begin) <= window
                    ? begin
                    : new Lsn(end.plus(-window).value() & -PAGE);
            WalRecord last = null;
            try (WalReader reader = open(wal, cluster, from).until(end)) {
                for (Optional<WalRecord> record = reader.next(); record.isPresent(); record = reader.next()) {
                    if (CommonWal.tellsBranch(record.get(), begin)) {
                        last = record.get();
                    }
                }
            }
            if (last != null || from.equals(begin)) {
                return Optional.ofNullable(last);
            }
        }
        return Optional.empty();
    }

    private static WalReader open(WalSegmentSource wal, Cluster cluster, Lsn from) {
        ControlFile controlFile = cluster.controlFile();
        return WalReader.open(wal, controlFile.version(), controlFile.walSegmentSize(), cluster.history(), from);
    }

    /**
     * Compares with a cluster's branch as it is now.
     *
     * @return whether it is the same; unknown if the cluster no longer has any of the records
     */
    public Match compare(WalSegmentSource wal, Cluster cluster) throws IOException {
        if (!isInHistory(cluster.history())) {
            return Match.DIFFERENT;
        }
        Match match = Match.UNKNOWN;
        for (Mark mark : marks) {
            Optional<WalRecord> found = next(wal, cluster, mark.position());
            if (found.isPresent()) {
                if (!Mark.of(found.get()).equals(mark)) {
                    return Match.DIFFERENT;
                }
                match = Match.SAME;
            }
        }
        return match;
    }

    private boolean isInHistory(TimelineHistory history) {
        return history.span(timeline)
                .filter(span -> span.begin().equals(begin) && !end.isAfter(span.end()))
                .isPresent();
    }

    /** Says it for people. */
    public String name() {
        return "timeline " + timeline + (begin.isValid() ? " that began at " + begin : "");
    }

    /** Prints it as {@link #parse} reads it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("timeline " + timeline + " from " + begin + " to " + end);
        for (Mark mark : marks) {
            text.append(String.format(Locale.ROOT, " record %s %08X", mark.position(), mark.crc()));
        }
        return text.toString();
    }

    /** Finds one in a text. */
    public static Optional<BranchIdentity> parse(String text) {
        Matcher found = TEXT.matcher(text);
        if (!found.find()) {
            return Optional.empty();
        }
        List<Mark> marks = new ArrayList<>();
        Matcher mark = MARK.matcher(found.group(4));
        while (mark.find()) {
            marks.add(new Mark(Lsn.parse(mark.group(1)), Integer.parseUnsignedInt(mark.group(2), 16)));
        }
        return Optional.of(new BranchIdentity(
                new TimelineId(Long.parseLong(found.group(1))),
                Lsn.parse(found.group(2)),
                Lsn.parse(found.group(3)),
                marks));
    }
}
