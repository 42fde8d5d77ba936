package org.pgrewind4j.wal.scan;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.framing.RecordContent;
import org.pgrewind4j.wal.framing.WalCursor;
import org.pgrewind4j.wal.record.CheckpointRecord;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.TransactionRecord;

/** Gathers what the records that a cursor stops at do. */
final class ActivityFindings {

    private static final int ROOM_FOR_RELATIONS = 50_000;
    private static final int ROOM_FOR_LISTS = 10_000;

    private static final int TRANSACTION = 1;
    private static final int STORAGE = 2;
    private static final int DATABASE = 4;
    private static final int TABLESPACE = 5;
    private static final int SEQUENCE = 15;

    private final PostgresVersion version;
    private final DirectoryRecords directoryRecords;
    private final StorageRecords storage;
    private final RelationTallies relations = new RelationTallies(ROOM_FOR_RELATIONS);
    private final TransactionLog transactions;
    private final List<DirectoryChange> directories = new ArrayList<>();
    private final List<CheckpointRecord> checkpoints = new ArrayList<>();
    private final long[] recordsOf = new long[256];
    private final long[] bytesOf = new long[256];
    private long records;
    private long unlisted;

    ActivityFindings(PostgresVersion version, int keptTransactions) {
        this.version = version;
        this.directoryRecords = new DirectoryRecords(version);
        this.storage = new StorageRecords(version);
        this.transactions = new TransactionLog(keptTransactions);
    }

    void take(WalCursor cursor) {
        int manager = cursor.resourceManager();
        records++;
        recordsOf[manager]++;
        bytesOf[manager] += cursor.totalLength();
        countBlocks(cursor, manager);
        switch (manager) {
            case TRANSACTION -> transaction(cursor).ifPresent(end -> transactions.end(end, relations));
            case STORAGE -> storage.read(cursor, relations, transactions);
            case DATABASE, TABLESPACE -> directoryRecords.read(cursor).ifPresent(change -> keep(directories, change));
            case SEQUENCE -> storage.readSequence(cursor, relations);
            default -> {
                if (SpecialRecords.isCheckpoint(cursor)) {
                    keep(checkpoints, SpecialRecords.checkpoint(cursor, version));
                }
            }
        }
    }

    private void countBlocks(WalCursor cursor, int manager) {
        RecordContent content = cursor.content();
        int blocks = content.blockCount();
        if (blocks == 0) {
            return;
        }
        RelationTally first = relations.of(content.tablespace(0), content.database(0), content.relation(0));
        int images = 0;
        RelationTally before = null;
        for (int i = 0; i < blocks; i++) {
            RelationTally relation = relations.of(content.tablespace(i), content.database(i), content.relation(i));
            if (relation != before) {
                relation.records++;
                before = relation;
            }
            if (content.hasImage(i)) {
                images += content.imageLength(i);
                relation.imageBytes += content.imageLength(i);
                relation.addBytes(manager, content.imageLength(i));
            }
        }
        first.addBytes(manager, cursor.totalLength() - images);
        if (RowTally.concerns(cursor)) {
            transactions.rows(cursor.xid(), first).add(cursor);
        }
    }

    private Optional<TransactionRecord> transaction(WalCursor cursor) {
        RecordContent content = cursor.content();
        ByteBuffer mainData = ByteBuffer.wrap(cursor.bytes(), content.mainDataOffset(), content.mainDataLength());
        return TransactionRecord.parse(
                mainData,
                cursor.info(),
                Integer.toUnsignedLong(cursor.xid()),
                content.origin(),
                new Lsn(cursor.begin()),
                version);
    }

    private <T> void keep(List<T> list, T element) {
        if (list.size() < ROOM_FOR_LISTS) {
            list.add(element);
        } else {
            unlisted++;
        }
    }

    WalActivity toActivity(Lsn begin, EndOfWal end) {
        Map<ResourceManager, WalActivity.Volume> managers = new HashMap<>();
        for (int id = 0; id < recordsOf.length; id++) {
            if (recordsOf[id] > 0) {
                managers.put(ResourceManager.of(id), new WalActivity.Volume(recordsOf[id], bytesOf[id]));
            }
        }
        // Closing the books is what counts the rows of open transactions for their relations.
        WalActivity.Transactions told = transactions.finish();
        return new WalActivity(
                begin,
                end,
                records,
                managers,
                told,
                relations.activities(),
                relations.isFull() ? Optional.of(relations.others()) : Optional.empty(),
                directories,
                checkpoints,
                unlisted);
    }
}
