package org.pgrewind4j.core.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.scan.RelationActivity;
import org.pgrewind4j.wal.scan.RowCounts;
import org.pgrewind4j.wal.scan.TransactionActivity;
import org.pgrewind4j.wal.scan.WalActivity;

/** A report for a terminal. What comes from WAL or from catalogs can steer no terminal: it is printed without controls. */
final class ReportText {

    private static final int MOST_LINES = 50;

    private final StringBuilder text = new StringBuilder();
    private final DivergenceReport report;

    private ReportText(DivergenceReport report) {
        this.report = report;
    }

    static String of(DivergenceReport report) {
        ReportText text = new ReportText(report);
        text.write();
        return text.text.toString();
    }

    private void write() {
        writeHead();
        writeRelations();
        writeTransactions();
        writePrepared();
        writeObjects();
        writeDefinitions();
        heading("What to know of this report");
        report.notes().forEach(note -> line("  " + note));
    }

    private void writeHead() {
        DivergenceReport.Branch lost = report.abandoned();
        WalActivity.Transactions transactions = lost.activity().transactions();
        line("What a rewind loses: " + lost.cluster());
        line("");
        line("  " + VerdictText.of(report));
        line("");
        line("  diverged at           " + report.divergence() + ", timeline " + report.timeline());
        line((lost.isComplete() ? "  end of its branch     " : "  its branch up to      ")
                + lost.activity().end().position() + ", timeline " + lost.timeline() + ": "
                + Amounts.bytes(lost.activity().bytes()) + " of WAL");
        line("  committed             " + Amounts.count(report.lostCommits(), "transaction", "transactions")
                + transactions
                        .firstCommit()
                        .map(first -> ", " + Amounts.time(first) + " to "
                                + Amounts.time(transactions.lastCommit().orElse(first)))
                        .orElse(""));
        line("  rows of user tables   " + Amounts.rows(report.userRows()));
        line("  prepared and open     " + Amounts.count(transactions.prepared().size()));
        line("  rolled back           " + Amounts.count(transactions.rollbacks()) + ", never finished "
                + Amounts.count(transactions.unfinished()));
        report.kept()
                .ifPresent(kept -> line("  the source meanwhile  "
                        + Amounts.count(kept.activity().transactions().commits(), "transaction", "transactions") + ", "
                        + Amounts.bytes(kept.activity().bytes()) + " of WAL up to "
                        + kept.activity().end().position() + ", timeline " + kept.timeline()));
    }

    private void writeRelations() {
        heading("Relations, those with most WAL first");
        line(String.format(
                Locale.ROOT,
                "  %10s %10s %10s %10s %10s  %s",
                "WAL",
                "inserted",
                "updated",
                "of it HOT",
                "deleted",
                "relation"));
        List<RelationActivity> relations = report.relations();
        for (RelationActivity relation : cut(relations)) {
            RowCounts rows = relation.committed();
            line(String.format(
                    Locale.ROOT,
                    "  %10s %10d %10d %10d %10d  %s",
                    Amounts.bytes(relation.bytes()),
                    rows.inserted(),
                    rows.updated() + rows.hotUpdated(),
                    rows.hotUpdated(),
                    rows.deleted(),
                    name(relation.relation())));
        }
        rest(relations);
    }

    private void writeTransactions() {
        List<TransactionActivity> committed =
                report.abandoned().activity().transactions().committed();
        heading("Committed transactions");
        for (TransactionActivity transaction : cut(committed)) {
            line("  " + Amounts.exactTime(transaction.end().time()) + "  xid "
                    + transaction.end().xid() + "  " + transaction.end().lsn() + "  "
                    + Amounts.rows(report.userRows(transaction)) + relations(transaction));
        }
        rest(committed);
    }

    private String relations(TransactionActivity transaction) {
        String names = transaction.relations().stream()
                .map(TransactionActivity.ChangedRows::relation)
                .filter(report::isOfUser)
                .limit(5)
                .map(this::name)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : " in " + names;
    }

    private void writePrepared() {
        List<TransactionActivity> prepared =
                report.abandoned().activity().transactions().prepared();
        if (!prepared.isEmpty()) {
            heading("Prepared transactions, still open");
            for (TransactionActivity transaction : cut(prepared)) {
                line("  " + Amounts.exactTime(transaction.end().time()) + "  xid "
                        + transaction.end().xid() + "  \""
                        + transaction.end().gid().orElse("") + "\"  " + Amounts.rows(report.userRows(transaction)));
            }
            rest(prepared);
        }
    }

    private void writeObjects() {
        List<RelationActivity> relations = report.relations();
        writeFiles(
                "Files of relations made",
                relations.stream().filter(RelationActivity::created).toList());
        writeFiles(
                "Files of relations removed",
                relations.stream().filter(RelationActivity::dropped).toList());
        if (!report.abandoned().activity().directories().isEmpty()) {
            heading("Databases and tablespaces");
            cut(report.abandoned().activity().directories())
                    .forEach(change -> line("  " + DirectoryText.of(change, report.names())));
        }
        List<RelationActivity> sequences = relations.stream()
                .filter(relation -> relation.sequenceValue().isPresent())
                .toList();
        if (!sequences.isEmpty()) {
            heading("Sequences, and the value up to which numbers are taken");
            cut(sequences)
                    .forEach(sequence -> line("  " + name(sequence.relation()) + "  "
                            + sequence.sequenceValue().getAsLong()));
            rest(sequences);
        }
    }

    private void writeFiles(String title, List<RelationActivity> relations) {
        if (!relations.isEmpty()) {
            heading(title);
            cut(relations).forEach(relation -> line("  " + name(relation.relation())));
            rest(relations);
        }
    }

    private void writeDefinitions() {
        List<DefinitionChange> changes = report.definitionChanges();
        if (!changes.isEmpty()) {
            heading("Definitions that seem to have changed, by rows of system catalogs");
            for (DefinitionChange change : cut(changes)) {
                line("  " + Amounts.exactTime(change.transaction().time()) + "  xid "
                        + change.transaction().xid() + "  "
                        + change.catalogs().stream()
                                .map(catalog -> catalog.objects() + " (" + Amounts.rows(catalog.rows()) + ")")
                                .collect(Collectors.joining(", ")));
            }
            rest(changes);
        }
    }

    private String name(RelFileLocator relation) {
        return report.name(relation).map(name -> name + " ").orElse("") + "(" + relation + ")";
    }

    private static <T> List<T> cut(List<T> list) {
        return list.subList(0, Math.min(list.size(), MOST_LINES));
    }

    private void rest(List<?> list) {
        if (list.size() > MOST_LINES) {
            line("  and " + Amounts.count(list.size() - MOST_LINES) + " more");
        }
    }

    private void heading(String title) {
        line("");
        line(title);
    }

    private void line(String line) {
        line.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .forEach(text::appendCodePoint);
        text.append('\n');
    }
}
