package org.pgrewind4j.core.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.pgrewind4j.wal.scan.WalActivity;

/**
 * A report as one HTML page: it holds its style and its drawing, needs no script, and forbids any. It follows the reader's
 * choice of light or dark, and fits a narrow screen.
 */
final class ReportHtml {

    private static final String STYLE = "/META-INF/pgrewind4j/divergence.css";

    private final HtmlText html = new HtmlText();
    private final DivergenceReport report;

    private ReportHtml(DivergenceReport report) {
        this.report = report;
    }

    static String of(DivergenceReport report) {
        ReportHtml page = new ReportHtml(report);
        page.write();
        return page.html.toString();
    }

    private void write() {
        html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .raw(
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
                .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
                .element("title", "What a rewind loses: " + report.abandoned().cluster())
                .raw("\n<style>\n")
                .raw(style())
                .raw("</style>\n</head>\n<body>\n<main>\n");
        writeHead();
        writeFigures();
        html.raw("<figure>")
                .raw("<div class=\"wide\">")
                .raw(ForkDrawing.of(report))
                .raw("</div>");
        html.raw("<figcaption><span class=\"key commits\"></span>commits, by their place in WAL")
                .raw("<span class=\"key mark\"></span>checkpoint")
                .raw("<span class=\"muted\">Lengths are amounts of WAL.</span></figcaption></figure>\n");
        HtmlTables tables = new HtmlTables(html, report);
        tables.relations();
        tables.transactions();
        tables.prepared();
        tables.definitions();
        tables.objects();
        tables.managers();
        writeNotes();
        html.raw("</main>\n</body>\n</html>\n");
    }

    private void writeHead() {
        html.raw("<header><p class=\"eyebrow\">PostgreSQL ")
                .text(report.release().release())
                .raw(", system ")
                .text(Long.toUnsignedString(report.systemIdentifier()))
                .raw("</p>\n<h1>What a rewind loses</h1>\n<dl class=\"sides\">");
        side("Target, to be rewound", report.abandoned().cluster());
        report.kept().ifPresent(kept -> side("Source, to be followed", kept.cluster()));
        html.raw("</dl>\n<p class=\"verdict ")
                .raw(VerdictText.isGood(report) ? "good" : "bad")
                .raw("\">")
                .text(VerdictText.of(report))
                .raw("</p></header>\n");
    }

    private void side(String title, String cluster) {
        html.raw("<div>").element("dt", title).element("dd", cluster).raw("</div>");
    }

    private void writeFigures() {
        WalActivity lost = report.abandoned().activity();
        html.raw("<section class=\"figures\">");
        figure(Amounts.count(report.lostCommits()), "committed transactions");
        figure(Amounts.count(report.userRows().inserted()), "rows inserted");
        figure(Amounts.count(report.userRows().updated() + report.userRows().hotUpdated()), "rows updated");
        figure(Amounts.count(report.userRows().deleted()), "rows deleted");
        figure(Amounts.count(lost.transactions().prepared().size()), "prepared, still open");
        figure(Amounts.bytes(lost.bytes()), "of WAL");
        html.raw("</section>\n");
        long ends = report.preparedBefore().stream()
                .filter(one -> !one.isCommitted())
                .count();
        html.element(
                "p",
                "muted",
                (report.abandoned().isComplete() ? "" : "These are the numbers of what could be read. ")
                        + "Rows are those of users' tables. "
                        + Amounts.count(lost.transactions().rollbacks() - ends)
                        + " transactions and subtransactions were rolled back there and "
                        + Amounts.count(lost.transactions().unfinished())
                        + " never finished: these lose nothing.");
    }

    private void figure(String number, String what) {
        html.raw("<div>").element("b", number).element("span", what).raw("</div>");
    }

    private void writeNotes() {
        html.raw("<section><h2>What to know of this report</h2><ul class=\"notes\">");
        report.notes().forEach(note -> html.element("li", note));
        html.raw("</ul></section>\n");
    }

    private static String style() {
        try (InputStream style = Objects.requireNonNull(ReportHtml.class.getResourceAsStream(STYLE), STYLE)) {
            return new String(style.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
