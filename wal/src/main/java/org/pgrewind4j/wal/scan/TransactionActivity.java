package org.pgrewind4j.wal.scan;

import java.util.List;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.record.TransactionRecord;

/**
 * A transaction that a stretch of WAL committed or prepared, and what it did there. What it did before the stretch began
 * is not known.
 *
 * @param end the record that committed or prepared it
 * @param relations those of which it changed rows, in the order of their numbers; its subtransactions' are among them
 * @param created the files of relations that it made
 * @param isComplete false if there was no room to keep all of that
 */
public record TransactionActivity(
        TransactionRecord end, List<ChangedRows> relations, List<RelFileLocator> created, boolean isComplete) {

    /**
     * Rows of one relation.
     *
     * @param relation which one
     * @param rows how many
     */
    public record ChangedRows(RelFileLocator relation, RowCounts rows) {}

    /**
     * Takes copies of the lists.
     *
     * @param end the record that committed or prepared it
     * @param relations those of which it changed rows
     * @param created the files of relations that it made
     * @param isComplete false if there was no room to keep all of that
     */
    public TransactionActivity {
        relations = List.copyOf(relations);
        created = List.copyOf(created);
    }

    /**
     * How many rows it changed.
     *
     * @return the sum over all relations
     */
    public RowCounts rows() {
        return relations.stream().map(ChangedRows::rows).reduce(RowCounts.NONE, RowCounts::plus);
    }
}
