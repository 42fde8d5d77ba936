package org.pgrewind4j.core.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.TransactionRecord;
import org.pgrewind4j.wal.scan.RelationActivity;
import org.pgrewind4j.wal.scan.RowCounts;
import org.pgrewind4j.wal.scan.TransactionActivity;
import org.pgrewind4j.wal.scan.WalActivity;

/** The tables of a report's page. */
final class HtmlTables {

    /** So that a browser opens the page at once, whatever was done; the JSON has more. */
    private static final int MOST_ROWS = 1000;

    private static final int MOST_NAMES = 4;

    private final HtmlText html;
    private final DivergenceReport report;
    private final Map<Long, DefinitionChange> definitions;

    HtmlTables(HtmlText html, DivergenceReport report) {
        this.html = html;
        this.report = report;
        this.definitions = report.definitionChanges().stream()
                .collect(Collectors.toMap(change -> change.transaction().xid(), change -> change, (a, b) -> a));
    }

    void relations() {
        List<RelationActivity> all = report.relations();
        List<RelationActivity> ofUsers = all.stream().filter(this::isShown).toList();
        List<RelationActivity> others =
                all.stream().filter(relation -> !isShown(relation)).toList();
        html.raw("<section><h2>Relations</h2>");
        relationTable(ofUsers);
        html.raw("<p class=\"legend\"><span class=\"key changes\"></span>changes<span class=\"key images\"></span>"
                + "images of whole pages</p>");
        if (!others.isEmpty()) {
            html.raw("<details><summary>")
                    .text(Amounts.count(others.size(), "relation of the system", "relations of the system"))
                    .raw("</summary>");
            relationTable(others);
            html.raw("</details>");
        }
        html.raw("</section>\n");
    }

    /** Long values of users' tables can be most of what there is. */
    private boolean isShown(RelationActivity relation) {
        return report.isOfUser(relation.relation())
                || report.name(relation.relation())
                        .flatMap(RelationName::toastOf)
                        .filter(table -> !table.startsWith("pg_catalog."))
                        .isPresent();
    }

    private void relationTable(List<RelationActivity> relations) {
        if (relations.isEmpty()) {
            html.element("p", "muted", "None.");
            return;
        }
        long most = relations.get(0).bytes();
        beginTable("Relation", "#Inserted", "#Updated", "#Deleted", "#Transactions", "WAL");
        for (RelationActivity relation : cut(relations)) {
            RowCounts rows = relation.committed();
            html.raw("<tr><td>");
            name(relation.relation());
            html.raw("</td>");
            number(rows.inserted());
            updated(rows);
            number(rows.deleted());
            number(relation.transactions());
            html.raw("<td class=\"bar\">");
            bar(relation, most);
            html.raw("</td></tr>\n");
        }
        endTable();
        rest(relations);
    }

    private void updated(RowCounts rows) {
        html.raw("<td class=\"n\">").text(orDash(rows.updated() + rows.hotUpdated()));
        if (rows.hotUpdated() > 0) {
            html.raw("<small>").text(Amounts.count(rows.hotUpdated()) + " HOT").raw("</small>");
        }
        html.raw("</td>");
    }

    private void bar(RelationActivity relation, long most) {
        double changes = 100.0 * (relation.bytes() - relation.imageBytes()) / Math.max(1, most);
        double images = 100.0 * relation.imageBytes() / Math.max(1, most);
        html.raw("<span class=\"track\">")
                .raw(String.format(Locale.ROOT, "<i class=\"changes\" style=\"width:%.2f%%\"></i>", changes))
                .raw(String.format(Locale.ROOT, "<i class=\"images\" style=\"width:%.2f%%\"></i>", images))
                .raw("</span>")
                .element("small", Amounts.bytes(relation.bytes()));
    }

    void transactions() {
        List<TransactionActivity> committed =
                report.abandoned().activity().transactions().committed();
        html.raw("<section><h2>Committed transactions</h2>");
        if (committed.isEmpty()) {
            html.element("p", "muted", "None.");
        } else {
            transactionTable(committed);
        }
        html.raw("</section>\n");
    }

    void prepared() {
        List<TransactionActivity> prepared =
                report.abandoned().activity().transactions().prepared();
        if (!prepared.isEmpty()) {
            html.raw("<section><h2>Prepared transactions, still open</h2>");
            transactionTable(prepared);
            html.raw("</section>\n");
        }
    }

    private void transactionTable(List<TransactionActivity> transactions) {
        beginTable("Time (UTC)", "#xid", "Changes", "Position");
        for (TransactionActivity transaction : cut(transactions)) {
            TransactionRecord end = transaction.end();
            html.raw("<tr><td class=\"time\">")
                    .text(Amounts.exactTime(end.time()))
                    .raw("</td><td class=\"n\">");
            html.text(Long.toString(end.xid())).raw("</td><td>");
            changes(transaction);
            html.raw("</td><td class=\"mono\">").text(end.lsn().toString()).raw("</td></tr>\n");
        }
        endTable();
        rest(transactions);
    }

    private void changes(TransactionActivity transaction) {
        TransactionRecord end = transaction.end();
        List<TransactionActivity.ChangedRows> ofUsers = transaction.relations().stream()
                .filter(changed -> report.isOfUser(changed.relation()))
                .toList();
        for (TransactionActivity.ChangedRows changed : ofUsers.subList(0, Math.min(MOST_NAMES, ofUsers.size()))) {
            html.raw("<div>");
            html.element("b", plainName(changed.relation()))
                    .text(": " + Amounts.rows(changed.rows()))
                    .raw("</div>");
        }
        if (ofUsers.size() > MOST_NAMES) {
            html.element("div", "muted", "and " + Amounts.count(ofUsers.size() - MOST_NAMES) + " more relations");
        }
        DefinitionChange definition = definitions.get(end.xid());
        if (definition != null) {
            html.element(
                    "div",
                    "muted",
                    "definitions: "
                            + definition.catalogs().stream()
                                    .map(DefinitionChange.Catalog::objects)
                                    .collect(Collectors.joining(", ")));
        } else if (ofUsers.isEmpty()) {
            html.element("div", "muted", transaction.isComplete() ? "no rows of users" : "not told, for want of room");
        }
        List<String> chips = chips(transaction);
        if (!chips.isEmpty()) {
            html.raw("<div class=\"chips\">");
            chips.forEach(chip -> html.element("span", "chip", chip));
            html.raw("</div>");
        }
    }

    private static List<String> chips(TransactionActivity transaction) {
        TransactionRecord end = transaction.end();
        List<String> chips = new ArrayList<>();
        end.gid().ifPresent(gid -> chips.add("prepared as \"" + gid + "\""));
        if (!end.subtransactions().isEmpty()) {
            chips.add(Amounts.count(end.subtransactions().size(), "subtransaction", "subtransactions"));
        }
        end.origin().ifPresent(origin -> chips.add("from origin " + origin.node() + " at " + origin.lsn()));
        if (!transaction.created().isEmpty()) {
            chips.add(Amounts.count(transaction.created().size(), "file made", "files made"));
        }
        if (!end.droppedRelations().isEmpty()) {
            chips.add(Amounts.count(end.droppedRelations().size(), "file removed", "files removed"));
        }
        return chips;
    }

    void definitions() {
        List<DefinitionChange> changes = report.definitionChanges();
        if (changes.isEmpty()) {
            return;
        }
        html.raw("<section><h2>Definitions that seem to have changed</h2>")
                .element(
                        "p",
                        "muted",
                        "Concluded from rows of system catalogs. Which statement it was WAL does not tell; temporary tables"
                                + " have such rows too.");
        beginTable("Time (UTC)", "#xid", "Database", "Rows of catalogs");
        for (DefinitionChange change : cut(changes)) {
            html.raw("<tr><td class=\"time\">")
                    .text(Amounts.exactTime(change.transaction().time()))
                    .raw("</td><td class=\"n\">")
                    .text(Long.toString(change.transaction().xid()))
                    .raw("</td><td>")
                    .text(database(change.database()))
                    .raw("</td><td>");
            for (DefinitionChange.Catalog catalog : change.catalogs()) {
                html.raw("<div>")
                        .element("b", catalog.objects())
                        .text(": " + Amounts.rows(catalog.rows()) + " in " + catalog.name())
                        .raw("</div>");
            }
            html.raw("</td></tr>\n");
        }
        endTable();
        rest(changes);
        html.raw("</section>\n");
    }

    private String database(long oid) {
        return oid == 0 ? "all" : report.names().database(oid).orElse(Long.toString(oid));
    }

    void objects() {
        List<RelationActivity> relations = report.relations();
        html.raw("<section><h2>Files, sequences, databases</h2><div class=\"columns\">");
        files(
                "Files of relations made",
                relations.stream().filter(RelationActivity::created).toList());
        files(
                "Files of relations removed",
                relations.stream().filter(RelationActivity::dropped).toList());
        files(
                "Relations cut",
                relations.stream()
                        .filter(relation -> relation.truncatedTo().isPresent())
                        .toList());
        files(
                "Sequences",
                relations.stream()
                        .filter(relation -> relation.sequenceValue().isPresent())
                        .toList());
        html.raw("<div><h3>Databases and tablespaces</h3>");
        List<DirectoryChange> directories = report.abandoned().activity().directories();
        if (directories.isEmpty()) {
            html.element("p", "muted", "None.");
        } else {
            html.raw("<ul>");
            cut(directories)
                    .forEach(change -> html.element(
                            "li", DirectoryText.of(change, report.names()).toString()));
            html.raw("</ul>");
        }
        html.raw("</div></div></section>\n");
    }

    private void files(String title, List<RelationActivity> relations) {
        html.raw("<div>").element("h3", title);
        if (relations.isEmpty()) {
            html.element("p", "muted", "None.");
        } else {
            html.raw("<ul>");
            for (RelationActivity relation : cut(relations)) {
                html.raw("<li>").text(plainName(relation.relation()));
                relation.sequenceValue()
                        .ifPresent(value -> html.element("small", " taken up to " + Amounts.count(value)));
                relation.truncatedTo()
                        .ifPresent(blocks -> html.element("small", " to " + Amounts.count(blocks, "block", "blocks")));
                html.raw("</li>");
            }
            html.raw("</ul>");
            rest(relations);
        }
        html.raw("</div>");
    }

    void managers() {
        WalActivity lost = report.abandoned().activity();
        html.raw("<section><h2>WAL by who wrote it</h2>");
        beginTable("Resource manager", "#Records, target", "#WAL, target", "#Records, source", "#WAL, source");
        List<ResourceManager> managers = new ArrayList<>(lost.managers().keySet());
        report.kept()
                .ifPresent(kept -> kept.activity().managers().keySet().stream()
                        .filter(manager -> !lost.managers().containsKey(manager))
                        .forEach(managers::add));
        managers.sort(Comparator.comparingLong(
                        (ResourceManager manager) -> volume(lost, manager).bytes())
                .reversed()
                .thenComparingInt(ResourceManager::id));
        for (ResourceManager manager : managers) {
            html.raw("<tr>").element("td", manager.name());
            volume(volume(lost, manager));
            Optional<WalActivity> kept = report.kept().map(DivergenceReport.Branch::activity);
            volume(kept.map(activity -> volume(activity, manager)).orElse(new WalActivity.Volume(0, 0)));
            html.raw("</tr>\n");
        }
        endTable();
        html.raw("</section>\n");
    }

    private static WalActivity.Volume volume(WalActivity activity, ResourceManager manager) {
        return activity.managers().getOrDefault(manager, new WalActivity.Volume(0, 0));
    }

    private void volume(WalActivity.Volume volume) {
        number(volume.records());
        html.element("td", "n", volume.bytes() == 0 ? "–" : Amounts.bytes(volume.bytes()));
    }

    private void name(RelFileLocator relation) {
        Optional<RelationName> name = report.name(relation);
        html.element("b", plainName(relation));
        html.raw("<small>");
        name.ifPresent(known -> html.text(known.kind().words()
                + (known.basis() == RelationName.Basis.EARLIER_ROW ? ", dropped or replaced" : "") + " · "));
        html.text(database(Integer.toUnsignedLong(relation.database())) + " · " + relation)
                .raw("</small>");
    }

    private String plainName(RelFileLocator relation) {
        return report.name(relation).map(RelationName::toString).orElse("file " + relation);
    }

    private void number(long number) {
        html.element("td", "n", orDash(number));
    }

    private static String orDash(long number) {
        return number == 0 ? "–" : Amounts.count(number);
    }

    /** A title that begins with # is that of a column of numbers. */
    private void beginTable(String... titles) {
        html.raw("<div class=\"wide\"><table><thead><tr>");
        for (String title : titles) {
            if (title.startsWith("#")) {
                html.element("th", "n", title.substring(1));
            } else {
                html.element("th", title);
            }
        }
        html.raw("</tr></thead><tbody>\n");
    }

    private void endTable() {
        html.raw("</tbody></table></div>");
    }

    private static <T> List<T> cut(List<T> list) {
        return list.subList(0, Math.min(list.size(), MOST_ROWS));
    }

    private void rest(List<?> list) {
        if (list.size() > MOST_ROWS) {
            html.element("p", "muted", "And " + Amounts.count(list.size() - MOST_ROWS) + " more.");
        }
    }
}
