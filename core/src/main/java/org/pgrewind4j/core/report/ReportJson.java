package org.pgrewind4j.core.report;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.pgrewind4j.core.internal.json.JsonWriter;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.record.CheckpointRecord;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.TransactionRecord;
import org.pgrewind4j.wal.scan.RelationActivity;
import org.pgrewind4j.wal.scan.RowCounts;
import org.pgrewind4j.wal.scan.TransactionActivity;
import org.pgrewind4j.wal.scan.WalActivity;

/** A report as JSON; {@code divergence.schema.json} in {@code META-INF/pgrewind4j} tells what each member means. */
final class ReportJson {

    private static final int VERSION = 1;

    private final JsonWriter json = new JsonWriter();
    private final DivergenceReport report;

    private ReportJson(DivergenceReport report) {
        this.report = report;
    }

    static String of(DivergenceReport report) {
        ReportJson text = new ReportJson(report);
        text.write();
        return text.json.finish();
    }

    private void write() {
        json.literal("schemaVersion", VERSION)
                .member("release", report.release().release())
                .member("systemIdentifier", Long.toUnsignedString(report.systemIdentifier()))
                .beginObject("divergence")
                .literal("timeline", report.timeline().value())
                .member("position", report.divergence().toString())
                .end()
                .member("loss", report.loss())
                .literal("lostCommits", report.lostCommits());
        json.beginObject("abandoned");
        writeBranch(report.abandoned());
        json.end();
        if (report.kept().isPresent()) {
            json.beginObject("kept");
            writeBranch(report.kept().get());
            json.end();
        } else {
            json.member("kept", Optional.empty());
        }
        writeTransactions(
                "transactions", report.abandoned().activity().transactions().committed());
        writeTransactions(
                "prepared", report.abandoned().activity().transactions().prepared());
        json.beginArray("preparedBefore");
        report.preparedBefore().forEach(this::writePreparedBefore);
        json.end().beginArray("relations");
        report.relations().forEach(this::writeRelation);
        report.abandoned().activity().otherRelations().ifPresent(this::writeOthers);
        json.end().beginArray("definitionChanges");
        report.definitionChanges().forEach(this::writeDefinitions);
        json.end().beginArray("directories");
        report.abandoned().activity().directories().forEach(this::writeDirectory);
        json.end().beginArray("notes");
        report.notes().forEach(json::value);
        json.end();
    }

    private void writeBranch(DivergenceReport.Branch branch) {
        WalActivity activity = branch.activity();
        WalActivity.Transactions transactions = activity.transactions();
        json.member("cluster", branch.cluster())
                .literal("timeline", branch.timeline().value())
                .member("begin", activity.begin().toString())
                .member(
                        "end",
                        Lsn.max(activity.begin(), activity.end().position()).toString())
                .member("endReason", activity.end().reason())
                .literal("complete", branch.isComplete())
                .beginArray("gaps");
        branch.gaps().forEach(json::value);
        json.end()
                .literal("bytes", activity.bytes())
                .literal("records", activity.records())
                .literal("commits", transactions.commits())
                .literal("rollbacks", transactions.rollbacks())
                .literal("prepared", transactions.prepared().size())
                .literal("unfinished", transactions.unfinished())
                .member("firstCommit", transactions.firstCommit())
                .member("lastCommit", transactions.lastCommit())
                .beginObject("rows");
        writeRows(activity.committedRows());
        json.end().beginArray("managers");
        activity.managers().entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getKey().id()))
                .forEach(entry -> json.beginElement()
                        .member("name", entry.getKey().name())
                        .literal("records", entry.getValue().records())
                        .literal("bytes", entry.getValue().bytes())
                        .end());
        json.end().beginArray("checkpoints");
        for (CheckpointRecord checkpoint : activity.checkpoints()) {
            json.beginElement()
                    .member("position", checkpoint.begin().toString())
                    .member("redo", checkpoint.checkPoint().redo().toString())
                    .literal("shutdown", checkpoint.shutdown())
                    .end();
        }
        json.end();
    }

    private void writePreparedBefore(PreparedBefore one) {
        json.beginElement()
                .literal("xid", one.end().xid())
                .member("position", one.end().lsn().toString())
                .member("time", one.end().time().toString())
                .member("gid", one.end().gid())
                .literal("committed", one.isCommitted())
                .member("fate", one.fate())
                .end();
    }

    private void writeRows(RowCounts rows) {
        json.literal("inserted", rows.inserted())
                .literal("updated", rows.updated())
                .literal("hotUpdated", rows.hotUpdated())
                .literal("deleted", rows.deleted());
    }

    private void writeTransactions(String name, List<TransactionActivity> transactions) {
        json.beginArray(name);
        for (TransactionActivity transaction : transactions) {
            TransactionRecord end = transaction.end();
            json.beginElement()
                    .literal("xid", end.xid())
                    .member("position", end.lsn().toString())
                    .member("time", end.time().toString())
                    .member("kind", end.kind())
                    .member("gid", end.gid())
                    .literal(
                            "database",
                            end.database().isPresent() ? end.database().getAsLong() : "null");
            if (end.origin().isPresent()) {
                json.beginObject("origin")
                        .literal("node", end.origin().get().node())
                        .member("position", end.origin().get().lsn().toString())
                        .member("time", end.origin().get().time().toString())
                        .end();
            } else {
                json.member("origin", Optional.empty());
            }
            json.literal("subtransactions", end.subtransactions())
                    .literal("complete", transaction.isComplete())
                    .beginArray("relations");
            for (TransactionActivity.ChangedRows changed : transaction.relations()) {
                json.beginElement();
                writeName(changed.relation());
                writeRows(changed.rows());
                json.end();
            }
            json.end();
            writeFiles("created", transaction.created());
            writeFiles("dropped", end.droppedRelations());
            json.end();
        }
        json.end();
    }

    private void writeFiles(String name, List<RelFileLocator> relations) {
        json.beginArray(name);
        for (RelFileLocator relation : relations) {
            json.beginElement();
            writeName(relation);
            json.end();
        }
        json.end();
    }

    private void writeName(RelFileLocator relation) {
        json.member("file", relation.toString())
                .member("name", report.name(relation).map(RelationName::toString));
    }

    private void writeRelation(RelationActivity relation) {
        json.beginElement();
        writeName(relation.relation());
        Optional<RelationName> name = report.name(relation.relation());
        json.member("nameBasis", name.map(RelationName::basis))
                .member("kind", name.map(RelationName::kind))
                .member(
                        "database",
                        report.names()
                                .database(Integer.toUnsignedLong(
                                        relation.relation().database())));
        writeAmounts(relation);
    }

    private void writeOthers(RelationActivity others) {
        Optional<String> none = Optional.empty();
        json.beginElement()
                .member("file", none)
                .member("name", none)
                .member("nameBasis", none)
                .member("kind", none)
                .member("database", none);
        writeAmounts(others);
    }

    private void writeAmounts(RelationActivity relation) {
        json.literal("records", relation.records())
                .literal("bytes", relation.bytes())
                .literal("imageBytes", relation.imageBytes())
                .beginObject("managers");
        relation.managers().entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<ResourceManager, Long> entry) ->
                        entry.getKey().id()))
                .forEach(entry -> json.literal(entry.getKey().name(), entry.getValue()));
        json.end().literal("transactions", relation.transactions()).beginObject("committed");
        writeRows(relation.committed());
        json.end().beginObject("uncommitted");
        writeRows(relation.uncommitted());
        json.end()
                .literal("created", relation.created())
                .literal("dropped", relation.dropped())
                .literal("truncatedTo", orNull(relation.truncatedTo()))
                .literal("sequenceValue", orNull(relation.sequenceValue()))
                .end();
    }

    private static Object orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : "null";
    }

    private void writeDefinitions(DefinitionChange change) {
        json.beginElement()
                .literal("xid", change.transaction().xid())
                .member("time", change.transaction().time().toString())
                .literal("database", change.database())
                .beginArray("catalogs");
        for (DefinitionChange.Catalog catalog : change.catalogs()) {
            json.beginElement().member("name", catalog.name()).member("objects", catalog.objects());
            writeRows(catalog.rows());
            json.end();
        }
        json.end().end();
    }

    private void writeDirectory(DirectoryChange change) {
        DirectoryText text = DirectoryText.of(change, report.names());
        json.beginElement()
                .member("position", change.lsn().toString())
                .member("change", text.change())
                .literal("oid", text.oid())
                .member("name", text.name())
                .end();
    }
}
