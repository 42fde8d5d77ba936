package org.pgrewind4j.wal.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testkit.RecordBody;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.control.CheckPoint;
import org.pgrewind4j.wal.record.CheckpointRecord;

class CheckpointFinderTest {

    private static final int SEGMENT = 1 << 20;
    private static final TimelineId TIMELINE = new TimelineId(1);
    private static final Lsn START = Lsn.parse("0/100000");

    private final WalBuilder builder = new WalBuilder(PostgresVersion.V17, TIMELINE, SEGMENT, START);

    private static CheckpointRecord lastBefore(MemoryWal wal, Lsn limit) throws IOException {
        return CheckpointFinder.lastBefore(
                wal, PostgresVersion.V17, SEGMENT, TimelineHistory.ofSingle(TIMELINE), limit);
    }

    private WalBuilder addCheckpoint(int kind, Lsn redo) {
        byte[] main = new byte[CheckPoint.size(PostgresVersion.V17)];
        WalBuilder.littleEndian(main).putLong(redo.value()).putInt(1).putInt(1);
        return builder.add(0, kind, new RecordBody(PostgresVersion.V17).withMainData(main));
    }

    private void addSmall() {
        builder.add(10, 0, WalBuilder.mainData(100));
    }

    @Test
    void findsTheLastOneThatBeginsBeforeTheLimit() throws IOException {
        addSmall();
        addCheckpoint(0x10, START);
        addSmall();
        addCheckpoint(0x00, builder.end());
        addSmall();
        MemoryWal wal = builder.build();
        Lsn first = builder.begins().get(1);
        Lsn second = builder.begins().get(3);

        CheckpointRecord last = lastBefore(wal, builder.end());
        assertThat(last.begin()).isEqualTo(second).isEqualTo(last.checkPoint().redo());
        assertThat(last.end()).isEqualTo(builder.begins().get(4));
        assertThat(last.shutdown()).isTrue();
        // A record that begins at the limit does not count.
        assertThat(lastBefore(wal, second).begin()).isEqualTo(first);
        assertThat(lastBefore(wal, second).shutdown()).isFalse();
        assertThat(lastBefore(wal, second.plus(8)).begin()).isEqualTo(second);
    }

    @Test
    void goesBackOverSegmentsWithoutACheckpointAndWithoutARecordsBegin() throws IOException {
        addCheckpoint(0x10, START);
        addSmall();
        builder.switchSegment();
        addSmall();
        builder.add(10, 0, WalBuilder.mainData(3 * SEGMENT));
        addSmall();
        assertThat(lastBefore(builder.build(), builder.end()).begin())
                .isEqualTo(builder.begins().get(0));
    }

    @Test
    void findsACheckpointThatReachesIntoTheNextSegment() throws IOException {
        addCheckpoint(0x10, START);
        while (builder.end().plus(256).isBefore(START.plus(SEGMENT))) {
            builder.add(10, 0, WalBuilder.mainData(72));
        }
        int filling = (int) START.plus(SEGMENT - 40).minus(builder.end()) - 29;
        builder.add(10, 0, WalBuilder.mainData(filling));
        assertThat(builder.end()).isEqualTo(START.plus(SEGMENT - 40));
        addCheckpoint(0x10, START);
        addSmall();
        CheckpointRecord found = lastBefore(builder.build(), builder.end());
        assertThat(found.begin()).isEqualTo(START.plus(SEGMENT - 40));
        // The limit is where a record ends: also that of the checkpoint itself.
        assertThat(lastBefore(builder.build(), found.end())).isEqualTo(found);
    }

    @Test
    void searchesTheSegmentBeforeALimitAtItsEnd() throws IOException {
        addCheckpoint(0x10, START);
        builder.switchSegment();
        assertThat(lastBefore(builder.build(), START.plus(SEGMENT)).begin())
                .isEqualTo(builder.begins().get(0));
    }

    @Test
    void namesTheSegmentThatTheSearchNeeds() {
        addCheckpoint(0x10, START);
        builder.switchSegment();
        addSmall();
        builder.switchSegment();
        addSmall();
        MemoryWal wal = builder.build();
        wal.remove(WalSegmentName.containing(TIMELINE, START.plus(SEGMENT), SEGMENT));
        assertThatThrownBy(() -> lastBefore(wal, builder.end()))
                .isInstanceOf(MissingWalException.class)
                .hasMessageStartingWith("WAL is missing: segment 000000010000000000000002 is needed"
                        + " to find the last checkpoint before 0/3000B0\n");
    }

    @Test
    void saysWhereWalEndsBeforeTheLimit() {
        addCheckpoint(0x10, START);
        assertThatThrownBy(() -> lastBefore(builder.build(), builder.end().plus(96)))
                .isInstanceOf(WalEndsTooEarlyException.class)
                .hasMessageStartingWith("WAL has to reach 0/100100 and does not: end of WAL at 0/1000A0:");
    }

    @Test
    void refusesARedoPointerBehindItsRecord() {
        addCheckpoint(0x10, START.plus(SEGMENT));
        assertThatThrownBy(() -> lastBefore(builder.build(), builder.end()))
                .isInstanceOf(WalCorruptException.class)
                .hasMessage("malformed WAL record at 0/100028: its redo pointer 0/200000 is behind it");
    }
}
