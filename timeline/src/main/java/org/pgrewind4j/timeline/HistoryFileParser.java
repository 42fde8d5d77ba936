package org.pgrewind4j.timeline;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one history file line by line, with PostgreSQL's own leniency in white space and comments
 * ({@code src/backend/access/transam/timeline.c}, {@code readTimeLineHistory}). Two things that PostgreSQL lets pass are
 * refused, since what follows from them is not a history: positions that go back, and the two positions that stand for
 * "none" and "no end".
 */
final class HistoryFileParser {

    private static final Pattern LINE_BREAK = Pattern.compile("\r?\n");

    /** White space as C's {@code isspace} knows it, but for the line feed: no other character parts fields. */
    private static final String SPACES = " \t\u000B\f\r";

    private static final String SPACE = "[" + SPACES + "]";

    private static final Pattern IGNORED = Pattern.compile(SPACE + "*(?:#.*)?", Pattern.DOTALL);
    private static final Pattern TIMELINE = Pattern.compile(SPACE + "*+([0-9]++)(.*)", Pattern.DOTALL);
    private static final Pattern SWITCH_POINT =
            Pattern.compile(SPACE + "++([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})(?:" + SPACE + "++(.*))?+", Pattern.DOTALL);

    private static final int DIGITS_OF_AN_ID = 10;

    private final TimelineId timeline;
    private final String file;
    private final List<TimelineSpan> spans = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();

    HistoryFileParser(TimelineId timeline) {
        this.timeline = timeline;
        this.file = timeline.historyFileName();
    }

    TimelineHistory parse(String content) {
        String[] lines = LINE_BREAK.split(content, -1);
        for (int i = 0; i < lines.length; i++) {
            if (!IGNORED.matcher(lines[i]).matches()) {
                add(lines[i], i + 1);
            }
        }
        spans.add(new TimelineSpan(timeline, nextBegin(), Lsn.MAX));
        return new TimelineHistory(spans, reasons);
    }

    private Lsn nextBegin() {
        return spans.isEmpty() ? Lsn.INVALID : spans.get(spans.size() - 1).end();
    }

    private void add(String line, int number) {
        Matcher first = TIMELINE.matcher(line);
        if (!first.matches()) {
            throw malformed(number, "a timeline ID and a switch point", line);
        }
        TimelineId id = timelineId(first.group(1), line, number);
        Matcher rest = SWITCH_POINT.matcher(first.group(2));
        if (!rest.matches()) {
            throw malformed(number, "a switch point such as 0/3000158 after the timeline ID", line);
        }
        Lsn end = switchPoint(rest.group(1), line, number);
        spans.add(new TimelineSpan(id, nextBegin(), end));
        reasons.add(rest.group(2) == null ? "" : withoutSpaceAtEnd(rest.group(2)));
    }

    private static String withoutSpaceAtEnd(String text) {
        int end = text.length();
        while (end > 0 && SPACES.indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return text.substring(0, end);
    }

    private TimelineId timelineId(String digits, String line, int number) {
        // More digits than a long has room for are out of range whatever they are.
        long value = digits.length() > DIGITS_OF_AN_ID ? 0 : Long.parseLong(digits);
        if (value < 1 || value > TimelineId.GREATEST) {
            throw malformed(number, "a timeline ID from 1 to 4294967295", line);
        }
        TimelineId id = new TimelineId(value);
        if (id.compareTo(timeline) >= 0) {
            throw malformed(number, "a timeline ID less than " + timeline, line);
        }
        if (!spans.isEmpty() && id.compareTo(spans.get(spans.size() - 1).timeline()) <= 0) {
            throw malformed(
                    number,
                    "a timeline ID greater than " + spans.get(spans.size() - 1).timeline(),
                    line);
        }
        return id;
    }

    private Lsn switchPoint(String text, String line, int number) {
        Lsn end = Lsn.parse(text);
        if (!end.isValid() || end.equals(Lsn.MAX)) {
            throw malformed(number, "a switch point between " + Lsn.INVALID + " and " + Lsn.MAX, line);
        }
        if (end.isBefore(nextBegin())) {
            throw malformed(number, "a switch point not before " + nextBegin(), line);
        }
        return end;
    }

    private MalformedHistoryException malformed(int number, String expected, String line) {
        return new MalformedHistoryException(file, number, expected, line);
    }
}
