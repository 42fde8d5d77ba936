package org.pgrewind4j.wal.scan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.wal.record.TransactionRecord;

/**
 * Follows transactions from their first record to their end. What a subtransaction did waits until the record that ends
 * its top-level transaction names it, for no earlier record says to whom it belongs; a subtransaction that is rolled back
 * has a record of its own.
 *
 * <p>Room is bounded: what is known of open transactions by the number of pairs of transaction and relation, what is
 * kept of finished ones by their number and by the numbers in them. Where it does not suffice, rows that cannot be
 * attributed count as changed by nobody known, files go untold, and every transaction that this may concern is marked as
 * incomplete: one that was refused room itself, and, since a refused id leaves no trace, any that ends with an id of which
 * nothing is known here.
 */
final class TransactionLog {

    private static final int ROOM_FOR_OPEN = 500_000;
    private static final int ROOM_FOR_KEPT = 1_000_000;
    private static final int NO_XID = 0;

    /** No server has more prepared transactions at a time: {@code MAX_BACKENDS} of {@code src/include/postmaster}. */
    private static final int MOST_PREPARED = 1 << 18;

    private final int kept;
    private final Map<Integer, OpenTransaction> open = new HashMap<>();
    private final List<TransactionActivity> committed = new ArrayList<>();
    private final List<TransactionRecord> preparedBefore = new ArrayList<>();
    private final RowTally unattributed = new RowTally();
    private int openRoom;
    private boolean hasRefused;
    private int keptRoom = ROOM_FOR_KEPT;
    private long commits;
    private long rollbacks;
    private @Nullable Instant firstCommit;
    private @Nullable Instant lastCommit;

    private int lastXid;
    private @Nullable OpenTransaction last;

    TransactionLog(int kept) {
        this(kept, ROOM_FOR_OPEN);
    }

    TransactionLog(int kept, int roomForOpen) {
        this.kept = kept;
        this.openRoom = roomForOpen;
    }

    /** Where to count the rows that a record changes. */
    RowTally rows(int xid, RelationTally relation) {
        OpenTransaction transaction = transaction(xid);
        RowTally rows = transaction == null ? null : transaction.rows(relation);
        if (rows != null) {
            return rows;
        }
        if (transaction == null) {
            return unattributed;
        }
        if (!takeRoom()) {
            transaction.isComplete = false;
            return unattributed;
        }
        return transaction.beginRows(relation);
    }

    /** Takes note of a new file. Some are made before their transaction has an id: these count unless they are removed. */
    void created(int xid, RelationTally relation) {
        if (xid == NO_XID) {
            relation.isCreated = true;
            return;
        }
        OpenTransaction transaction = transaction(xid);
        if (transaction == null) {
            return;
        }
        if (takeRoom()) {
            transaction.created(relation);
        } else {
            transaction.isComplete = false;
        }
    }

    /** The transaction, begun here if it was not; null if there is no room for it. */
    private @Nullable OpenTransaction transaction(int xid) {
        if (last == null || lastXid != xid) {
            OpenTransaction found = open.get(xid);
            if (found == null && takeRoom()) {
                found = new OpenTransaction();
                open.put(xid, found);
            }
            last = found;
            lastXid = xid;
        }
        return last;
    }

    private boolean takeRoom() {
        if (openRoom == 0) {
            hasRefused = true;
            return false;
        }
        openRoom--;
        return true;
    }

    void end(TransactionRecord record, RelationTallies relations) {
        OpenTransaction transaction = remove((int) record.xid());
        for (long subtransaction : record.subtransactions()) {
            if (open.containsKey((int) subtransaction)) {
                transaction.take(remove((int) subtransaction));
            } else {
                transaction.isComplete &= !hasRefused;
            }
        }
        last = null;
        noteIfPreparedBefore(transaction, record);
        switch (record.kind()) {
            case COMMIT, COMMIT_PREPARED -> {
                transaction.commit();
                record.droppedRelations().forEach(relation -> relations.of(relation).isDropped = true);
                commits++;
                firstCommit = firstCommit == null ? record.time() : firstCommit;
                lastCommit = record.time();
                keep(transaction, record);
            }
            case ABORT, ABORT_PREPARED -> {
                transaction.drop();
                record.droppedRelations().forEach(relation -> relations.of(relation).isCreated = false);
                rollbacks++;
            }
            case PREPARE -> {
                transaction.prepared = record;
                openRoom -= Math.min(openRoom, 1 + transaction.size());
                open.put((int) record.xid(), transaction);
            }
        }
    }

    private OpenTransaction remove(int xid) {
        OpenTransaction transaction = open.remove(xid);
        if (transaction == null) {
            OpenTransaction unknown = new OpenTransaction();
            unknown.isComplete = !hasRefused;
            return unknown;
        }
        openRoom += 1 + transaction.size();
        return transaction;
    }

    /** A preparation always finds room, so one that is not known here was before the stretch. */
    private void noteIfPreparedBefore(OpenTransaction transaction, TransactionRecord record) {
        boolean endsPrepared = record.kind() == TransactionRecord.Kind.COMMIT_PREPARED
                || record.kind() == TransactionRecord.Kind.ABORT_PREPARED;
        if (endsPrepared && transaction.prepared == null && preparedBefore.size() < MOST_PREPARED) {
            preparedBefore.add(without(record));
        }
    }

    private void keep(OpenTransaction transaction, TransactionRecord record) {
        if (committed.size() >= kept) {
            return;
        }
        int size = transaction.size()
                + record.subtransactions().size()
                + record.droppedRelations().size();
        if (size > keptRoom) {
            committed.add(OpenTransaction.incomplete(without(record)));
        } else {
            keptRoom -= size;
            committed.add(transaction.activity(record));
        }
    }

    private static TransactionRecord without(TransactionRecord record) {
        return new TransactionRecord(
                record.kind(),
                record.lsn(),
                record.xid(),
                record.time(),
                List.of(),
                List.of(),
                List.of(),
                record.database(),
                record.gid(),
                record.origin());
    }

    /** Closes the books: what is open now was not committed. */
    WalActivity.Transactions finish() {
        List<TransactionActivity> prepared = new ArrayList<>();
        long unfinished = 0;
        for (OpenTransaction transaction : open.values()) {
            transaction.drop();
            if (transaction.prepared != null) {
                prepared.add(transaction.activity(transaction.prepared));
            } else {
                unfinished++;
            }
        }
        prepared.sort(Comparator.comparing(activity -> activity.end().lsn()));
        return new WalActivity.Transactions(
                committed,
                commits,
                prepared,
                preparedBefore,
                rollbacks,
                unfinished,
                unattributed.counts(),
                Optional.ofNullable(firstCommit),
                Optional.ofNullable(lastCommit));
    }
}
