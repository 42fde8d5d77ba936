package org.pgrewind4j.core.report;

import java.util.Locale;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.record.CheckpointRecord;
import org.pgrewind4j.wal.scan.TransactionActivity;
import org.pgrewind4j.wal.scan.WalActivity;

/**
 * Draws the fork as SVG: the shared past, the source's branch above, the target's below, as long as their WAL is. Marks
 * are checkpoints; the columns on the abandoned branch are its commits.
 */
final class ForkDrawing {

    private static final int WIDTH = 1000;
    private static final int MIDDLE = 150;
    private static final int KEPT = 78;
    private static final int LOST = 222;
    private static final int FORK = 210;
    private static final int BEGIN = FORK + 70;
    private static final int END = 952;
    private static final int SHORTEST = 120;
    private static final int COLUMNS = 96;
    private static final int COLUMN_HEIGHT = 34;
    private static final int BETWEEN_MARKS = 12;
    private static final int ROOM_FOR_END = 22;

    private final DivergenceReport report;
    private final HtmlText svg = new HtmlText();

    private ForkDrawing(DivergenceReport report) {
        this.report = report;
    }

    static String of(DivergenceReport report) {
        ForkDrawing drawing = new ForkDrawing(report);
        drawing.draw();
        return drawing.svg.toString();
    }

    private void draw() {
        WalActivity lost = report.abandoned().activity();
        long lostBytes = Math.max(1, lost.bytes());
        long keptBytes =
                report.kept().map(kept -> Math.max(1, kept.activity().bytes())).orElse(1L);
        long longest = Math.max(lostBytes, keptBytes);
        int lostEnd = end(lostBytes, longest);
        int keptEnd = end(keptBytes, longest);

        svg.raw("<svg class=\"fork\" viewBox=\"0 0 " + WIDTH + " 300\" role=\"img\" aria-labelledby=\"fork-title\">")
                .raw("<title id=\"fork-title\">")
                .text("Both branches from the divergence at " + report.divergence() + " on")
                .raw("</title>");
        path("shared", "M 24 " + MIDDLE + " H " + FORK);
        path("kept", curve(KEPT, keptEnd));
        path("lost", curve(LOST, lostEnd));
        columns(lost, lostEnd);
        report.kept().ifPresent(kept -> marks("kept", kept.activity(), KEPT, keptEnd));
        marks("lost", lost, LOST, lostEnd);
        ends(lostEnd, keptEnd);
        fork();
        labels();
        svg.raw("</svg>");
    }

    private static int end(long bytes, long longest) {
        return BEGIN + Math.max(SHORTEST, (int) Math.round((double) bytes / longest * (END - BEGIN)));
    }

    private static String curve(int y, int end) {
        int bend = FORK + 34;
        return "M " + FORK + " " + MIDDLE + " C " + bend + " " + MIDDLE + " " + bend + " " + y + " " + BEGIN + " " + y
                + " H " + end;
    }

    private void path(String type, String shape) {
        svg.raw("<path class=\"line " + type + "\" d=\"" + shape + "\"/>");
    }

    /** How many of the listed transactions were committed in each part of the branch. */
    private void columns(WalActivity lost, int end) {
        int[] commits = new int[COLUMNS];
        int most = 0;
        for (TransactionActivity transaction : lost.transactions().committed()) {
            double part = part(transaction.end().lsn(), lost);
            int column = Math.min(COLUMNS - 1, (int) (part * COLUMNS));
            most = Math.max(most, ++commits[column]);
        }
        double width = (double) (end - BEGIN) / COLUMNS;
        for (int i = 0; i < COLUMNS; i++) {
            if (commits[i] > 0) {
                double height = Math.max(3, (double) commits[i] / most * COLUMN_HEIGHT);
                svg.raw(String.format(
                        Locale.ROOT,
                        "<rect class=\"commits\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"1\"/>",
                        BEGIN + i * width,
                        LOST - 8 - height,
                        Math.max(1.5, width - 1.5),
                        height));
            }
        }
    }

    private void marks(String type, WalActivity activity, int y, int end) {
        double last = Double.NEGATIVE_INFINITY;
        for (CheckpointRecord checkpoint : activity.checkpoints()) {
            double x = BEGIN + part(checkpoint.begin(), activity) * (end - BEGIN - ROOM_FOR_END);
            if (x - last >= BETWEEN_MARKS) {
                last = x;
                svg.raw(String.format(
                                Locale.ROOT,
                                "<path class=\"mark %s\" d=\"M %.1f %d l 6 -6 l 6 6 l -6 6 z\">",
                                type,
                                x - 6,
                                y))
                        .element(
                                "title",
                                (checkpoint.shutdown() ? "shutdown checkpoint at " : "checkpoint at ")
                                        + checkpoint.begin() + ", redo "
                                        + checkpoint.checkPoint().redo())
                        .raw("</path>");
            }
        }
    }

    private static double part(Lsn position, WalActivity activity) {
        double part = (double) position.minus(activity.begin()) / Math.max(1, activity.bytes());
        return Math.min(1, Math.max(0, part));
    }

    private void ends(int lostEnd, int keptEnd) {
        svg.raw("<path class=\"arrow kept\" d=\"M " + keptEnd + " " + (KEPT - 7) + " l 12 7 l -12 7\"/>");
        svg.raw("<path class=\"arrow lost\" d=\"M " + (lostEnd - 7) + " " + (LOST - 7)
                + " l 14 14 m 0 -14 l -14 14\"/>");
    }

    private void fork() {
        svg.raw("<circle class=\"point\" cx=\"" + FORK + "\" cy=\"" + MIDDLE + "\" r=\"7\"/>");
    }

    private void labels() {
        label("strong", 24, MIDDLE - 34, "start", "shared past");
        label("", 24, MIDDLE - 15, "start", "timeline " + report.timeline());
        label("strong", 24, MIDDLE + 28, "start", "diverged at");
        label("mono", 24, MIDDLE + 48, "start", report.divergence().toString());
        label(
                "strong kept",
                BEGIN,
                KEPT - 42,
                "start",
                "the source continues: timeline "
                        + report.kept().map(kept -> kept.timeline().toString()).orElse("unknown"));
        label(
                "",
                BEGIN,
                KEPT - 22,
                "start",
                report.kept().map(kept -> branch(kept, "up to")).orElse("its WAL could not be read"));
        label(
                "strong lost",
                BEGIN,
                LOST + 34,
                "start",
                "the target's branch is dropped: timeline " + report.abandoned().timeline());
        String verb = report.abandoned().isComplete() ? "ends at" : "read up to";
        label("", BEGIN, LOST + 54, "start", branch(report.abandoned(), verb));
    }

    private static String branch(DivergenceReport.Branch branch, String verb) {
        return Amounts.count(branch.activity().transactions().commits(), "transaction", "transactions") + ", "
                + Amounts.bytes(branch.activity().bytes()) + " of WAL, " + verb + " "
                + branch.activity().end().position();
    }

    private void label(String type, int x, int y, String anchor, String text) {
        svg.raw("<text class=\"" + type + "\" x=\"" + x + "\" y=\"" + y + "\" text-anchor=\"" + anchor + "\">")
                .text(text)
                .raw("</text>");
    }
}
