package org.pgrewind4j.timeline;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one history file line by line, with PostgreSQL's own leniency in white space and comments
 * ({@code src/backend/access/transam/timeline.c}, {@code readTimeLineHistory}) and one check more: positions must not
 * go back.
 */
final class HistoryFileParser {

    private static final Pattern LINE_BREAK = Pattern.compile("\r?\n");
    private static final Pattern ENTRY = Pattern.compile(
            "\\s*(\\d{1,10})(?:\\s+([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})(?:\\s+(.*))?)?(.*)", Pattern.DOTALL);

    private final TimelineId timeline;
    private final String file;
    private @Nullable TimelineHistory history;
    private TimelineId parent;
    private Lsn switchPoint = Lsn.INVALID;
    private String reason = "";

    HistoryFileParser(TimelineId timeline) {
        this.timeline = timeline;
        this.parent = timeline;
        this.file = timeline.historyFileName();
    }

    TimelineHistory parse(String content) {
        String[] lines = LINE_BREAK.split(content, -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                add(line, i + 1);
            }
        }
        return history == null ? TimelineHistory.ofSingle(timeline) : history.switchTo(timeline, switchPoint, reason);
    }

    private void add(String line, int number) {
        Matcher entry = ENTRY.matcher(line);
        if (!entry.matches() || entry.group(1) == null) {
            throw new MalformedHistoryException(file, number, "a timeline ID and a switch point", line);
        }
        TimelineId id = timelineId(entry.group(1), line, number);
        if (entry.group(2) == null || !entry.group(4).isEmpty()) {
            throw new MalformedHistoryException(
                    file, number, "a switch point such as 0/3000158 after the timeline ID", line);
        }
        Lsn end = Lsn.parse(entry.group(2));
        if (id.compareTo(timeline) >= 0) {
            throw new MalformedHistoryException(file, number, "a timeline ID less than " + timeline, line);
        }
        if (history != null && id.compareTo(parent) <= 0) {
            throw new MalformedHistoryException(file, number, "a timeline ID greater than " + parent, line);
        }
        if (end.isBefore(switchPoint) || end.equals(Lsn.MAX)) {
            throw new MalformedHistoryException(file, number, "a switch point not before " + switchPoint, line);
        }
        history = history == null ? TimelineHistory.ofSingle(id) : history.switchTo(id, switchPoint, reason);
        parent = id;
        switchPoint = end;
        reason = entry.group(3) == null ? "" : entry.group(3).strip();
    }

    private TimelineId timelineId(String digits, String line, int number) {
        long value = Long.parseLong(digits);
        if (value < 1 || value > 0xFFFF_FFFFL) {
            throw new MalformedHistoryException(file, number, "a timeline ID from 1 to 4294967295", line);
        }
        return new TimelineId(value);
    }
}
