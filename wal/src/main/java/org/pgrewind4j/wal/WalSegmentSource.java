package org.pgrewind4j.wal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;

/**
 * Where WAL segments come from: a {@code pg_wal} directory, an archive, another server. Safe for use by several
 * threads; the segments that it opens are not.
 */
public interface WalSegmentSource {

    /**
     * Opens a segment. The name carries the timeline: a source answers for exactly that file and never for the same
     * segment of another timeline.
     *
     * @param name which segment
     * @return the open segment, which the caller closes, or empty if this source does not have it
     * @throws IOException if the source cannot tell, or has the segment and cannot open it
     */
    Optional<WalSegment> open(WalSegmentName name) throws IOException;

    /**
     * Reads the history file of a timeline, which archives have beside the segments.
     *
     * @param timeline whose history
     * @return what the file says, or empty if this source does not have it; sources of segments alone need not say more
     * @throws IOException if the source cannot tell, or has the file and cannot read it
     */
    default Optional<TimelineHistory> history(TimelineId timeline) throws IOException {
        return Optional.empty();
    }

    /**
     * Asks several sources in turn.
     *
     * @param sources the first one is asked first
     * @return a source that has every segment that one of the sources has
     */
    static WalSegmentSource firstOf(WalSegmentSource... sources) {
        return firstOf(List.of(sources));
    }

    /**
     * Asks several sources in turn.
     *
     * @param sources the first one is asked first
     * @return a source that has every segment that one of the sources has
     */
    static WalSegmentSource firstOf(List<? extends WalSegmentSource> sources) {
        List<WalSegmentSource> chain = List.copyOf(sources);
        return new WalSegmentSource() {
            @Override
            public Optional<WalSegment> open(WalSegmentName name) throws IOException {
                for (WalSegmentSource source : chain) {
                    Optional<WalSegment> segment = source.open(name);
                    if (segment.isPresent()) {
                        return segment;
                    }
                }
                return Optional.empty();
            }

            @Override
            public Optional<TimelineHistory> history(TimelineId timeline) throws IOException {
                for (WalSegmentSource source : chain) {
                    Optional<TimelineHistory> history = source.history(timeline);
                    if (history.isPresent()) {
                        return history;
                    }
                }
                return Optional.empty();
            }
        };
    }
}
