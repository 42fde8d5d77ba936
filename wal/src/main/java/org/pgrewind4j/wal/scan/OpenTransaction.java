package org.pgrewind4j.wal.scan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.wal.record.TransactionRecord;

/** What a transaction, or a subtransaction, has done so far. */
final class OpenTransaction {

    private final Map<RelationTally, RowTally> rows = new HashMap<>(4);
    private final List<RelationTally> created = new ArrayList<>(0);

    /** Set once it is prepared; then its subtransactions' work is here too. */
    @Nullable TransactionRecord prepared;

    boolean isComplete = true;

    /** The rows of a relation, null if it has not changed any yet. */
    @Nullable RowTally rows(RelationTally relation) {
        return rows.get(relation);
    }

    RowTally beginRows(RelationTally relation) {
        RowTally tally = new RowTally();
        rows.put(relation, tally);
        return tally;
    }

    void created(RelationTally relation) {
        created.add(relation);
    }

    int size() {
        return rows.size() + created.size();
    }

    void take(OpenTransaction subtransaction) {
        subtransaction.rows.forEach((relation, more) ->
                rows.computeIfAbsent(relation, unused -> new RowTally()).add(more));
        created.addAll(subtransaction.created);
        isComplete &= subtransaction.isComplete;
    }

    void commit() {
        rows.forEach((relation, tally) -> {
            relation.committed.add(tally);
            relation.transactions++;
        });
        created.forEach(relation -> relation.isCreated = true);
    }

    void drop() {
        rows.forEach((relation, tally) -> relation.uncommitted.add(tally));
    }

    TransactionActivity activity(TransactionRecord end) {
        List<TransactionActivity.ChangedRows> changed = new ArrayList<>();
        rows.forEach((relation, tally) ->
                changed.add(new TransactionActivity.ChangedRows(relation.locator(), tally.counts())));
        changed.sort((a, b) -> a.relation().compareTo(b.relation()));
        return new TransactionActivity(
                end, changed, created.stream().map(RelationTally::locator).toList(), isComplete);
    }

    /** All but the record itself, for want of room. */
    static TransactionActivity incomplete(TransactionRecord end) {
        return new TransactionActivity(end, List.of(), List.of(), false);
    }
}
