package org.pgrewind4j.wal.scan;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.record.CheckpointRecord;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.TransactionRecord;

/**
 * What a stretch of WAL did, in the words of users rather than of blocks: transactions, rows, relations, databases. All
 * of it is what records say; nothing is concluded from it. Made by {@link WalActivityCollector}.
 *
 * @param begin where the stretch begins
 * @param end where and why it ends
 * @param records how many records it has
 * @param managers their number and size by who wrote them
 * @param transactions what became of transactions
 * @param relations what was done to each relation, in the order of their numbers
 * @param otherRelations what was done to all relations that there was no room for; empty if there are none
 * @param directories databases and tablespaces that were created or dropped, in the order of WAL
 * @param checkpoints in the order of WAL
 * @param unlisted how many more of {@code directories} and {@code checkpoints} there were no room for
 */
public record WalActivity(
        Lsn begin,
        EndOfWal end,
        long records,
        Map<ResourceManager, Volume> managers,
        Transactions transactions,
        List<RelationActivity> relations,
        Optional<RelationActivity> otherRelations,
        List<DirectoryChange> directories,
        List<CheckpointRecord> checkpoints,
        long unlisted) {

    /**
     * An amount of WAL.
     *
     * @param records how many
     * @param bytes how large, without the headers of WAL's pages and what fills up between records
     */
    public record Volume(long records, long bytes) {}

    /**
     * What became of transactions.
     *
     * @param committed the first of those that were committed, in the order of their commits
     * @param commits how many were committed, with those for which {@code committed} had no room
     * @param prepared those that were prepared here and neither committed nor rolled back here
     * @param preparedBefore the ends, without what they removed, of those that were prepared before the stretch began;
     *     in the order of WAL, and commits count as such too
     * @param rollbacks how many were rolled back; subtransactions that were count by themselves
     * @param unfinished how many transactions and subtransactions wrote something and did neither
     * @param unattributed rows that there was no room to count for their transaction; whether it was committed is not
     *     known, and they count for no relation
     * @param firstCommit when the first commit was
     * @param lastCommit when the last commit was
     */
    public record Transactions(
            List<TransactionActivity> committed,
            long commits,
            List<TransactionActivity> prepared,
            List<TransactionRecord> preparedBefore,
            long rollbacks,
            long unfinished,
            RowCounts unattributed,
            Optional<Instant> firstCommit,
            Optional<Instant> lastCommit) {

        /**
         * Takes copies of the lists.
         *
         * @param committed the first of those that were committed
         * @param commits how many were committed
         * @param prepared those that are open
         * @param preparedBefore the ends of those that were prepared before
         * @param rollbacks how many were rolled back
         * @param unfinished how many did neither
         * @param unattributed rows that there was no room for
         * @param firstCommit when the first commit was
         * @param lastCommit when the last commit was
         */
        public Transactions {
            committed = List.copyOf(committed);
            prepared = List.copyOf(prepared);
            preparedBefore = List.copyOf(preparedBefore);
        }

        /**
         * How many committed transactions {@link #committed} does not list.
         *
         * @return a number
         */
        public long unlisted() {
            return commits - committed.size();
        }
    }

    /**
     * Takes copies of the collections.
     *
     * @param begin where the stretch begins
     * @param end where and why it ends
     * @param records how many records it has
     * @param managers their number and size by who wrote them
     * @param transactions what became of transactions
     * @param relations what was done to each relation
     * @param otherRelations what was done to all other relations
     * @param directories databases and tablespaces
     * @param checkpoints in the order of WAL
     * @param unlisted what there was no room for
     */
    public WalActivity {
        managers = Map.copyOf(managers);
        relations = List.copyOf(relations);
        directories = List.copyOf(directories);
        checkpoints = List.copyOf(checkpoints);
    }

    /**
     * How much WAL there is.
     *
     * @return bytes from begin to end; 0 if reading ended before the start, as it does where the segment is not there
     */
    public long bytes() {
        return end.position().isBefore(begin) ? 0 : end.position().minus(begin);
    }

    /**
     * The rows that committed transactions changed.
     *
     * @return the sum over all relations
     */
    public RowCounts committedRows() {
        return relations.stream()
                .map(RelationActivity::committed)
                .reduce(otherRelations.map(RelationActivity::committed).orElse(RowCounts.NONE), RowCounts::plus);
    }
}
