package org.pgrewind4j.examples;

import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.WalRecord;

/** How many records of each kind there are and how large, in the form of {@code pg_waldump --stats}. */
final class WalStatistics {

    /** What makes a row. */
    enum By {
        /** No statistics at all. */
        NOTHING,
        /** A resource manager. */
        RMGR,
        /** A type of record. */
        RECORD
    }

    private static final class Sum {
        long count;
        long recordBytes;
        long imageBytes;

        void add(WalRecord record) {
            count++;
            recordBytes += record.totalLength() - record.imageLength();
            imageBytes += record.imageLength();
        }

        long bytes() {
            return recordBytes + imageBytes;
        }
    }

    private final By by;

    /** By resource manager and the upper four bits of the record's info. */
    private final Map<Integer, Sum> sums = new TreeMap<>();

    private final Map<Integer, String> names = new LinkedHashMap<>();
    private final Sum total = new Sum();
    private Lsn begin = Lsn.INVALID;
    private @Nullable Lsn end;

    WalStatistics(By by) {
        this.by = by;
        if (by == By.RMGR) {
            ResourceManager.builtIn().forEach(manager -> row(manager.id() << 8, manager.name()));
        }
    }

    private Sum row(int key, String name) {
        names.putIfAbsent(key, name);
        return sums.computeIfAbsent(key, unused -> new Sum());
    }

    /** Where reading began. */
    void begin(Lsn first) {
        begin = first;
    }

    void add(WalRecord record) {
        ResourceManager manager = record.resourceManager();
        if (by == By.RMGR) {
            row(manager.id() << 8, manager.name()).add(record);
        } else if (by == By.RECORD) {
            // The highest bit of a transaction's record is a flag, not a part of its type.
            int kind = record.info() & (manager == ResourceManager.TRANSACTION ? 0x70 : 0xF0);
            row(manager.id() << 8 | kind, manager + "/" + manager.typeName(kind, record.version()))
                    .add(record);
        }
        total.add(record);
        end = record.end();
    }

    /** Prints the table, if any record was counted. */
    void print(PrintWriter out) {
        if (by == By.NOTHING || end == null) {
            return;
        }
        out.print("WAL statistics between " + begin + " and " + end + ":\n");
        heading(out, "Type", "N", "(%)", "Record size", "(%)", "FPI size", "(%)", "Combined size", "(%)");
        heading(out, "----", "-", "---", "-----------", "---", "--------", "---", "-------------", "---");
        sums.forEach((key, sum) -> out.printf(
                Locale.ROOT,
                "%-27s %20d (%6s) %20d (%6s) %20d (%6s) %20d (%6s)\n",
                names.get(key),
                sum.count,
                percent(sum.count, total.count),
                sum.recordBytes,
                percent(sum.recordBytes, total.recordBytes),
                sum.imageBytes,
                percent(sum.imageBytes, total.imageBytes),
                sum.bytes(),
                percent(sum.bytes(), total.bytes())));
        out.printf(
                "%-27s %20s %8s %20s %8s %20s %8s %20s\n",
                "", "--------", "", "--------", "", "--------", "", "--------");
        out.printf(
                Locale.ROOT,
                "%-27s %20d %-9s%20d %-9s%20d %-9s%20d %-6s\n",
                "Total",
                total.count,
                "",
                total.recordBytes,
                "[" + percent(total.recordBytes, total.bytes()) + "%]",
                total.imageBytes,
                "[" + percent(total.imageBytes, total.bytes()) + "%]",
                total.bytes(),
                "[100%]");
    }

    private static void heading(PrintWriter out, Object... columns) {
        out.printf("%-27s %20s %8s %20s %8s %20s %8s %20s %8s\n", columns);
    }

    /** Rounded from the binary fraction, as C does, not from its decimal form. */
    private static BigDecimal percent(long part, long whole) {
        double percent = whole == 0 ? 0 : 100 * (double) part / whole;
        return new BigDecimal(percent).setScale(2, RoundingMode.HALF_EVEN);
    }
}
