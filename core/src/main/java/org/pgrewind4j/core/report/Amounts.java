package org.pgrewind4j.core.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pgrewind4j.wal.scan.RowCounts;

/** Numbers as people read them, the same on every machine. */
final class Amounts {

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Amounts() {}

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** A number and what is counted. */
    static String count(long number, String one, String many) {
        return count(number) + " " + (number == 1 ? one : many);
    }

    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double size = bytes;
        int unit = -1;
        while (size >= 1024 && unit < 4) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, size < 10 ? "%.1f %cB" : "%.0f %cB", size, "kMGTP".charAt(unit));
    }

    static String time(Instant time) {
        return SECONDS.format(time) + " UTC";
    }

    static String exactTime(Instant time) {
        return MILLISECONDS.format(time);
    }

    /** Such as {@code 3 inserted, 1 deleted}. */
    static String rows(RowCounts rows) {
        List<String> parts = new ArrayList<>();
        add(parts, rows.inserted(), "inserted");
        add(parts, rows.updated() + rows.hotUpdated(), "updated");
        add(parts, rows.deleted(), "deleted");
        return parts.isEmpty() ? "no rows" : String.join(", ", parts);
    }

    private static void add(List<String> parts, long number, String what) {
        if (number != 0) {
            parts.add(count(number) + " " + what);
        }
    }
}
