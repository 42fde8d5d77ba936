package org.pgrewind4j.timeline;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The timelines that led to a cluster's present one: spans in ascending order, without gaps, the last one open
 * (PostgreSQL: {@code src/backend/access/transam/timeline.c}, {@code readTimeLineHistory}).
 *
 * <p>A history file {@code 00000003.history} has a line for each timeline before timeline 3:
 *
 * <table>
 * <caption>The fields of a line</caption>
 * <tr><th>field</th><th>form</th><th>meaning</th></tr>
 * <tr><td>timeline</td><td>decimal, ascending</td><td>the parent timeline</td></tr>
 * <tr><td>switch point</td><td>{@code %X/%X}, not going back</td><td>where the next timeline begins</td></tr>
 * <tr><td>reason</td><td>the rest of the line</td><td>for people; may be missing</td></tr>
 * </table>
 *
 * <p>Fields are separated by white space. Blank lines and lines that begin with {@code #} do not count.
 */
public final class TimelineHistory {

    private final List<TimelineSpan> spans;
    private final List<String> reasons;

    /** Spans that follow each other without a gap, and a reason for each but the last: the callers see to it. */
    TimelineHistory(List<TimelineSpan> spans, List<String> reasons) {
        this.spans = List.copyOf(spans);
        this.reasons = List.copyOf(reasons);
    }

    /**
     * The history of a cluster that has always been on one timeline; such a timeline has no history file.
     *
     * @param timeline the only timeline
     * @return a history of one open span
     */
    public static TimelineHistory ofSingle(TimelineId timeline) {
        requireNonNull(timeline, "timeline");
        return new TimelineHistory(List.of(new TimelineSpan(timeline, Lsn.INVALID, Lsn.MAX)), List.of());
    }

    /**
     * Reads a history file.
     *
     * @param timeline the timeline that the file belongs to, the last of the history
     * @param content the file's text
     * @return the history, whose last span is {@code timeline}'s
     * @throws MalformedHistoryException if a line is not of the documented form, ids do not increase up to
     *     {@code timeline}, or positions go back
     */
    public static TimelineHistory parse(TimelineId timeline, String content) {
        requireNonNull(timeline, "timeline");
        requireNonNull(content, "content");
        return new HistoryFileParser(timeline).parse(content);
    }

    /**
     * This history continued on a new timeline, as a promotion does.
     *
     * @param timeline the new timeline, greater than the present one
     * @param switchPoint where it begins, not before the start of the present one; neither {@link Lsn#INVALID} nor
     *     {@link Lsn#MAX}
     * @param reason text for people, one line, may be empty; white space around it is not kept in a history file
     * @return the longer history
     * @throws IllegalArgumentException if the order is broken, there is no such switch point, or the reason has a line
     *     break
     */
    public TimelineHistory switchTo(TimelineId timeline, Lsn switchPoint, String reason) {
        TimelineSpan last = last();
        if (timeline.compareTo(last.timeline()) <= 0) {
            throw new IllegalArgumentException("timeline " + timeline + " cannot follow timeline " + last.timeline());
        }
        if (!switchPoint.isValid() || switchPoint.equals(Lsn.MAX)) {
            throw new IllegalArgumentException("timeline " + timeline + " cannot begin at " + switchPoint);
        }
        if (reason.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a reason is one line: \"" + reason + "\"");
        }
        List<TimelineSpan> longer = new ArrayList<>(spans);
        longer.set(spans.size() - 1, new TimelineSpan(last.timeline(), last.begin(), switchPoint));
        longer.add(new TimelineSpan(timeline, switchPoint, Lsn.MAX));
        List<String> longerReasons = new ArrayList<>(reasons);
        longerReasons.add(reason);
        return new TimelineHistory(longer, longerReasons);
    }

    /**
     * The timelines in ascending order.
     *
     * @return at least one span, the last one open; immutable
     */
    public List<TimelineSpan> spans() {
        return spans;
    }

    /**
     * Why each timeline but the last was left.
     *
     * @return one text for each span but the last; immutable
     */
    public List<String> reasons() {
        return reasons;
    }

    /**
     * The present timeline's span.
     *
     * @return the last span
     */
    public TimelineSpan last() {
        return spans.get(spans.size() - 1);
    }

    /**
     * The present timeline.
     *
     * @return the last span's timeline
     */
    public TimelineId timeline() {
        return last().timeline();
    }

    /**
     * The timeline that a byte of WAL belongs to.
     *
     * @param position the byte's position
     * @return the timeline of the span that contains the position
     */
    public TimelineId timelineAt(Lsn position) {
        for (TimelineSpan span : spans) {
            if (position.isBefore(span.end())) {
                return span.timeline();
            }
        }
        return timeline();
    }

    /**
     * Looks up one timeline.
     *
     * @param timeline which one
     * @return its span, empty if it is not part of this history
     */
    public Optional<TimelineSpan> span(TimelineId timeline) {
        return spans.stream().filter(span -> span.timeline().equals(timeline)).findFirst();
    }

    /**
     * The text of the history file as PostgreSQL writes it (up to 18), empty for a single timeline.
     *
     * @return lines separated by blank lines; parsing it gives an equal history
     */
    public String format() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < reasons.size(); i++) {
            TimelineSpan span = spans.get(i);
            if (i > 0) {
                text.append('\n');
            }
            text.append(span.timeline())
                    .append('\t')
                    .append(span.end())
                    .append('\t')
                    .append(reasons.get(i));
            text.append('\n');
        }
        return text.toString();
    }

    /** Histories are equal if their spans are: reasons are for people. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TimelineHistory history && spans.equals(history.spans);
    }

    @Override
    public int hashCode() {
        return spans.hashCode();
    }

    /** Prints the spans, as in {@code 1 until 0/3000158, 2}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (TimelineSpan span : spans) {
            text.append(span.timeline());
            if (!span.isOpen()) {
                text.append(" until ").append(span.end()).append(", ");
            }
        }
        return text.toString();
    }
}
