package org.pgrewind4j.examples;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.WalSegmentName;

/**
 * Part of the WAL, named by the files of its first and its last segment as {@code pg_waldump} takes them: {@code STARTSEG}
 * alone stands for itself, unless an end is given. The messages are the original's.
 *
 * @param start where the first begins, or the start that was given within it
 * @param end where the last ends, or the end that was given within it
 * @param timeline the one that the first is named after
 */
record SegmentFiles(Lsn start, Lsn end, TimelineId timeline) {

    /**
     * Reads the names.
     *
     * @param first the first segment's file
     * @param last the last segment's file; null if only one was named
     * @param start null if none was given
     * @param end null if none was given
     * @throws PgRewindException if the names and positions contradict each other, or are none of segments
     */
    static SegmentFiles of(Path first, @Nullable Path last, @Nullable Lsn start, @Nullable Lsn end, int segmentSize) {
        WalSegmentName begins = name(first, segmentSize);
        if (start != null && !isIn(begins, start)) {
            throw new PgRewindException("start WAL location " + start + " is not inside file \"" + first + "\"");
        }
        WalSegmentName ends = last == null ? begins : name(last, segmentSize);
        if (ends.segmentNumber() < begins.segmentNumber()) {
            throw new PgRewindException("ENDSEG " + last + " is before STARTSEG " + first);
        }
        if (end != null && !isIn(ends, end) && !end.equals(ends.end())) {
            throw new PgRewindException(
                    "end WAL location " + end + " is not inside file \"" + (last == null ? first : last) + "\"");
        }
        return new SegmentFiles(
                start == null ? begins.begin() : start, end == null ? ends.end() : end, begins.timeline());
    }

    private static WalSegmentName name(Path file, int segmentSize) {
        return WalSegmentName.parse(file.getFileName().toString(), segmentSize)
                .orElseThrow(() -> new PgRewindException("\"" + file + "\" is not named like a WAL segment"));
    }

    private static boolean isIn(WalSegmentName segment, Lsn position) {
        return !position.isBefore(segment.begin()) && position.isBefore(segment.end());
    }
}
