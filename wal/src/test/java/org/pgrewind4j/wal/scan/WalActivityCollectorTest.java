package org.pgrewind4j.wal.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testkit.RecordBody;
import org.pgrewind4j.testkit.RecordBody.Change;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.control.MalformedCheckPointException;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.TransactionRecord;

class WalActivityCollectorTest {

    private static final PostgresVersion VERSION = PostgresVersion.V17;
    private static final TimelineId TIMELINE = new TimelineId(1);
    private static final Lsn START = Lsn.parse("0/100000");
    private static final int SEGMENT = 1 << 20;
    private static final RelFileLocator TABLE = new RelFileLocator(1663, 5, 16384);

    private static final int TRANSACTION = 1;
    private static final int STORAGE = 2;
    private static final int HEAP2 = 9;
    private static final int HEAP = 10;
    private static final int SEQUENCE = 15;

    private final WalBuilder wal = new WalBuilder(VERSION, TIMELINE, SEGMENT, START);

    private static ByteBuffer buffer(int size) {
        return WalBuilder.littleEndian(new byte[size]);
    }

    private static byte[] rows(byte... mainData) {
        return new RecordBody(VERSION).block(TABLE, 0, 0, Change.DATA).withMainData(mainData);
    }

    private static byte[] mainData(ByteBuffer data) {
        byte[] bytes = new byte[data.capacity()];
        data.get(0, bytes);
        return new RecordBody(VERSION).withMainData(bytes);
    }

    private void insert() {
        wal.add(HEAP, 0x00, rows((byte) 1, (byte) 0, (byte) 0));
    }

    private void commit() {
        wal.add(TRANSACTION, 0x00, mainData(buffer(8)));
    }

    private void rollBack() {
        wal.add(TRANSACTION, 0x20, mainData(buffer(8)));
    }

    private WalActivityCollector collector() {
        return WalActivityCollector.of(wal.build(), VERSION, SEGMENT, TimelineHistory.ofSingle(TIMELINE))
                .from(START);
    }

    private RelationActivity table() throws IOException {
        return collector().collect().relations().get(0);
    }

    @Test
    void countsWhatIsOpenAtTheEndAsNotCommitted() throws IOException {
        insert();
        commit();
        insert();
        insert();

        WalActivity activity = collector().collect();

        assertThat(activity.transactions().commits()).isEqualTo(1);
        assertThat(activity.transactions().unfinished()).isEqualTo(1);
        assertThat(activity.relations()).singleElement().satisfies(table -> {
            assertThat(table.committed()).isEqualTo(new RowCounts(1, 0, 0, 0));
            assertThat(table.uncommitted()).isEqualTo(new RowCounts(2, 0, 0, 0));
            assertThat(table.transactions()).isEqualTo(1);
            assertThat(table.managers()).containsOnlyKeys(ResourceManager.HEAP);
        });
    }

    @Test
    void countsRolledBackRowsApart() throws IOException {
        insert();
        rollBack();

        assertThat(table().committed()).isEqualTo(RowCounts.NONE);
        assertThat(table().uncommitted().inserted()).isEqualTo(1);
        assertThat(collector().collect().transactions().rollbacks()).isEqualTo(1);
    }

    @Test
    void countsEachRowOfACopy() throws IOException {
        wal.add(HEAP2, 0x50 | 0x80, rows((byte) 0, (byte) 0, (byte) 0x2C, (byte) 0x01));
        commit();

        assertThat(table().committed()).isEqualTo(new RowCounts(300, 0, 0, 0));
    }

    @Test
    void takesBackARowThatWasInsertedOnTrial() throws IOException {
        insert();
        wal.add(HEAP, 0x10, rows((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0x08));
        insert();
        wal.add(HEAP, 0x10, rows((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0));
        commit();

        assertThat(table().committed()).isEqualTo(new RowCounts(1, 0, 0, 1));
    }

    @Test
    void takesBackNoRowThatWasInsertedOnTrialBeforeTheStretch() throws IOException {
        wal.add(HEAP, 0x10, rows((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0x08));
        insert();
        commit();

        assertThat(table().committed()).isEqualTo(new RowCounts(1, 0, 0, 0));
    }

    @Test
    void tellsTheEndsOfTransactionsThatWerePreparedBeforeTheStretch() throws IOException {
        wal.add(TRANSACTION, 0x30 | 0x80, mainData(buffer(16).putInt(8, 0x10).putInt(12, 900)));
        wal.add(TRANSACTION, 0x40 | 0x80, mainData(buffer(16).putInt(8, 0x10).putInt(12, 901)));

        WalActivity.Transactions transactions = collector().collect().transactions();

        assertThat(transactions.commits()).isEqualTo(1);
        assertThat(transactions.rollbacks()).isEqualTo(1);
        assertThat(transactions.preparedBefore())
                .extracting(TransactionRecord::kind, TransactionRecord::xid)
                .containsExactly(
                        tuple(TransactionRecord.Kind.COMMIT_PREPARED, 900L),
                        tuple(TransactionRecord.Kind.ABORT_PREPARED, 901L));
    }

    @Test
    void saysThatThereIsNoWalWhereTheSegmentIsMissing() throws IOException {
        insert();

        WalActivity activity = collector().from(START.plus(3L * SEGMENT + 4711)).collect();

        assertThat(activity.end().reason()).isEqualTo(EndOfWal.Reason.MISSING_SEGMENT);
        assertThat(activity.bytes()).isZero();
    }

    @Test
    void countsLocksAndChangesInPlaceForNothing() throws IOException {
        wal.add(HEAP, 0x60, rows((byte) 0)).add(HEAP, 0x70, rows((byte) 0)).add(HEAP2, 0x10, rows((byte) 0));
        commit();

        assertThat(table().committed()).isEqualTo(RowCounts.NONE);
        assertThat(table().records()).isEqualTo(3);
    }

    @Test
    void listsAsManyTransactionsAsAskedForAndCountsTheOthers() throws IOException {
        for (int i = 0; i < 5; i++) {
            insert();
            commit();
        }

        WalActivity.Transactions transactions =
                collector().transactions(2).collect().transactions();

        assertThat(transactions.committed())
                .hasSize(2)
                .allSatisfy(listed -> assertThat(listed.rows().inserted()).isEqualTo(1));
        assertThat(transactions.commits()).isEqualTo(5);
        assertThat(transactions.unlisted()).isEqualTo(3);
    }

    @Test
    void tellsFilesThatWereMadeAndCut() throws IOException {
        wal.add(STORAGE, 0x10, mainData(buffer(16).putInt(1663).putInt(5).putInt(16384)))
                .add(
                        STORAGE,
                        0x20,
                        mainData(buffer(20)
                                .putInt(3)
                                .putInt(1663)
                                .putInt(5)
                                .putInt(16384)
                                .putInt(7)));
        assertThat(table().created()).isFalse();
        commit();

        assertThat(table().created()).isTrue();
        assertThat(table().truncatedTo()).isEqualTo(OptionalLong.of(3));
    }

    @Test
    void refusesARowOfASequenceThatIsTooShort() {
        ByteBuffer row = buffer(12 + 24 + 7).putInt(1663).putInt(5).putInt(16384);
        row.put(12 + 22, (byte) 24);
        wal.add(SEQUENCE, 0x00, mainData(row));

        assertThatThrownBy(() -> collector().collect())
                .isInstanceOf(WalCorruptException.class)
                .hasMessage("malformed WAL record at 0/100028: its main data has 43 bytes, expected at least 44");
    }

    @Property(tries = 2000)
    void takesOrRefusesWhateverARecordHolds(
            @ForAll @IntRange(max = 21) int manager,
            @ForAll @IntRange(max = 255) int info,
            @ForAll @Size(max = 80) byte[] mainData,
            @ForAll PostgresVersion version)
            throws IOException {
        byte[] body = new RecordBody(version).block(TABLE, 0, 0, Change.DATA).withMainData(mainData);
        MemoryWal any = new WalBuilder(version, TIMELINE, SEGMENT, START)
                .add(manager, info, body)
                .build();
        try {
            WalActivity activity = WalActivityCollector.of(any, version, SEGMENT, TimelineHistory.ofSingle(TIMELINE))
                    .from(START)
                    .collect();
            assertThat(activity.records()).isEqualTo(1);
        } catch (WalCorruptException e) {
            assertThat(e).hasMessageContaining("0/100028");
        } catch (MalformedCheckPointException e) {
            assertThat(e).hasMessageStartingWith("malformed checkpoint: expected ");
        }
    }
}
