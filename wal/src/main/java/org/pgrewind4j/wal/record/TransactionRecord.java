package org.pgrewind4j.wal.record;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;

/**
 * The end of a transaction, or its preparation, as a WAL record of the resource manager {@code Transaction}. Which of the
 * parts a record has is up to the server: what is not said is empty here.
 *
 * @param kind what became of the transaction
 * @param lsn where the record begins
 * @param xid the top-level transaction: for the end of a prepared one that one, not the one that ended it
 * @param time when it was committed, rolled back or prepared, by the server's clock
 * @param subtransactions those that ended with it; without those that were rolled back before
 * @param droppedRelations the files that were removed by this end: of dropped or rewritten relations at a commit, of new
 *     ones at a rollback; for a preparation what a commit would remove
 * @param createdRelations for a preparation what a rollback would remove; else none
 * @param database the database that it ran in, an unsigned number; few records tell
 * @param gid the name of a prepared transaction; before 11 only its preparation tells
 * @param origin where it was replicated from
 */
public record TransactionRecord(
        Kind kind,
        Lsn lsn,
        long xid,
        Instant time,
        List<Long> subtransactions,
        List<RelFileLocator> droppedRelations,
        List<RelFileLocator> createdRelations,
        OptionalLong database,
        Optional<String> gid,
        Optional<Origin> origin) {

    /** What became of the transaction. */
    public enum Kind {
        /** It was committed. */
        COMMIT(0x00),
        /** It was prepared, and is open until somebody commits it or rolls it back. */
        PREPARE(0x10),
        /** It was rolled back, or a subtransaction of it was. */
        ABORT(0x20),
        /** A prepared transaction was committed. */
        COMMIT_PREPARED(0x30),
        /** A prepared transaction was rolled back. */
        ABORT_PREPARED(0x40);

        private static final int MASK = 0x70;

        private final int bits;

        Kind(int bits) {
            this.bits = bits;
        }

        /**
         * Whether the transaction's changes count.
         *
         * @return true for both kinds of commit
         */
        public boolean isCommit() {
            return this == COMMIT || this == COMMIT_PREPARED;
        }

        /** What a record of the resource manager {@code Transaction} is; empty if it ends nothing. */
        static Optional<Kind> of(int info) {
            for (Kind kind : values()) {
                if (kind.bits == (info & MASK)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * The transaction elsewhere that this one repeats.
     *
     * @param node the number of the replication origin; 0 if the record does not tell
     * @param lsn where that transaction was committed, in its own server's WAL
     * @param time when it was
     */
    public record Origin(int node, Lsn lsn, Instant time) {}

    /**
     * Takes copies of the lists.
     *
     * @param kind what became of the transaction
     * @param lsn where the record begins
     * @param xid the top-level transaction
     * @param time when
     * @param subtransactions those that ended with it
     * @param droppedRelations the files that were removed
     * @param createdRelations what a rollback would remove
     * @param database the database that it ran in
     * @param gid the name of a prepared transaction
     * @param origin where it was replicated from
     */
    public TransactionRecord {
        subtransactions = subtransactions instanceof Xids ? subtransactions : List.copyOf(subtransactions);
        droppedRelations = List.copyOf(droppedRelations);
        createdRelations = List.copyOf(createdRelations);
    }

    /**
     * Reads a record of the resource manager {@code Transaction}.
     *
     * @param mainData its main data
     * @param info its info byte
     * @param xid the transaction that wrote it
     * @param origin the replication origin that it names, 0 if none
     * @param begin where it begins
     * @param version the release that wrote it
     * @return what it says; empty if it neither ends nor prepares a transaction
     * @throws org.pgrewind4j.wal.WalCorruptException if it is shorter or longer than what it announces
     */
    public static Optional<TransactionRecord> parse(
            ByteBuffer mainData, int info, long xid, int origin, Lsn begin, PostgresVersion version) {
        return Kind.of(info)
                .map(kind -> kind == Kind.PREPARE
                        ? new PreparationParser(mainData, origin, begin, version).parse()
                        : new TransactionEndParser(mainData, info, xid, origin, begin, version).parse(kind));
    }
}
