package org.pgrewind4j.wal.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.record.TransactionRecord;

class TransactionLogTest {

    private final RelationTallies relations = new RelationTallies(10);
    private final RelationTally table = relations.of(1663, 5, 16384);
    private final RelationTally other = relations.of(1663, 5, 16385);

    private void end(TransactionLog log, TransactionRecord.Kind kind, long xid, Long... subtransactions) {
        log.end(
                new TransactionRecord(
                        kind,
                        Lsn.parse("0/100028"),
                        xid,
                        Instant.EPOCH,
                        List.of(subtransactions),
                        List.of(),
                        List.of(),
                        OptionalLong.empty(),
                        Optional.empty(),
                        Optional.empty()),
                relations);
    }

    private static List<Boolean> complete(TransactionLog log) {
        return log.finish().committed().stream()
                .map(TransactionActivity::isComplete)
                .toList();
    }

    @Test
    void marksATransactionWhoseSubtransactionsFoundNoRoomAsIncomplete() {
        TransactionLog log = new TransactionLog(10, 4);
        log.rows(100, table);
        log.rows(101, table);
        log.rows(102, table);
        end(log, TransactionRecord.Kind.COMMIT, 100, 101L, 102L);
        log.rows(103, table);
        end(log, TransactionRecord.Kind.COMMIT, 103);

        assertThat(complete(log)).containsExactly(false, true);
    }

    @Test
    void marksATransactionWhoseRowsFoundNoRoomAsIncomplete() {
        TransactionLog log = new TransactionLog(10, 2);
        log.rows(100, table);
        log.rows(100, other);
        end(log, TransactionRecord.Kind.COMMIT, 100);

        assertThat(complete(log)).containsExactly(false);
    }

    @Test
    void marksATransactionWhoseNewFilesFoundNoRoomAsIncomplete() {
        TransactionLog log = new TransactionLog(10, 2);
        log.created(100, table);
        log.created(100, other);
        end(log, TransactionRecord.Kind.COMMIT, 100);

        assertThat(complete(log)).containsExactly(false);
    }

    @Test
    void keepsATransactionThatWasRefusedRoomIncompleteWhenItIsPrepared() {
        TransactionLog log = new TransactionLog(10, 1);
        log.rows(100, table);
        end(log, TransactionRecord.Kind.PREPARE, 100);

        assertThat(log.finish().prepared())
                .singleElement()
                .satisfies(open -> assertThat(open.isComplete()).isFalse());
    }

    @Test
    void knowsATransactionThatWasPreparedInTheStretch() {
        TransactionLog log = new TransactionLog(10);
        end(log, TransactionRecord.Kind.PREPARE, 100);
        end(log, TransactionRecord.Kind.COMMIT_PREPARED, 100);

        assertThat(log.finish().preparedBefore()).isEmpty();
    }
}
