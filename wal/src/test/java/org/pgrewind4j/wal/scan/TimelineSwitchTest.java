package org.pgrewind4j.wal.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.ClusterWal;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.EndOfWal.Reason;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

/** Which timeline's file a segment is read from. */
class TimelineSwitchTest {

    private static final int SEGMENT = 1 << 20;
    private static final TimelineId PARENT = new TimelineId(1);
    private static final TimelineId CHILD = new TimelineId(2);
    private static final Lsn START = Lsn.parse("0/100000");
    private static final WalSegmentName FIRST = new WalSegmentName(PARENT, 1, SEGMENT);
    private static final WalSegmentName SECOND = FIRST.next();
    private static final WalSegmentName SECOND_OF_CHILD = new WalSegmentName(CHILD, 2, SEGMENT);
    private static final WalSegmentName THIRD_OF_CHILD = SECOND_OF_CHILD.next();

    private MemoryWal wal = new MemoryWal();
    private TimelineHistory history = TimelineHistory.ofSingle(PARENT);
    private Lsn switchPoint = Lsn.INVALID;

    /**
     * Both timelines share the first segment and the start of the second, up to the switch point on its second page.
     * Then the parent writes a FPW_CHANGE record (info 0x80) and continues; the child writes NOOP records up to its
     * third segment.
     */
    @BeforeEach
    void branch() {
        WalBuilder parent = new WalBuilder(PostgresVersion.V15, PARENT, SEGMENT, START);
        WalBuilder child = new WalBuilder(PostgresVersion.V15, PARENT, SEGMENT, START);
        for (WalBuilder builder : new WalBuilder[] {parent, child}) {
            builder.add(0x30, WalBuilder.mainData(100)).switchSegment().add(0x30, WalBuilder.mainData(10_000));
        }
        switchPoint = parent.end();
        parent.add(0x80, WalBuilder.mainData(8)).add(0x80, WalBuilder.mainData(2_000_000));
        child.add(0x20, WalBuilder.mainData(8)).add(0x20, WalBuilder.mainData(1_500_000));
        wal = parent.build();
        MemoryWal ofChild = child.build();
        wal.put(SECOND_OF_CHILD, relabelled(ofChild.content(SECOND)));
        wal.put(THIRD_OF_CHILD, relabelled(ofChild.content(SECOND.next())));
        history = history.switchTo(CHILD, switchPoint, "test");
    }

    /** Gives the pages from the third on to the child. */
    private byte[] relabelled(byte[] segment) {
        ByteBuffer pages = WalBuilder.littleEndian(segment);
        for (int page = 0; page < SEGMENT; page += 8192) {
            if (pages.getLong(page + 8) > switchPoint.value()) {
                pages.putInt(page + 4, 2);
            }
        }
        return segment;
    }

    private ClusterWal.Listing read(TimelineHistory of) throws IOException {
        return ClusterWal.Listing.of(WalReader.open(wal, PostgresVersion.V15, SEGMENT, of, START));
    }

    @Test
    void readsTheChildsCopyOfTheSegmentWithTheSwitchPoint() throws IOException {
        wal.remove(SECOND);
        ClusterWal.Listing listing = read(history);

        assertThat(listing.records())
                .extracting(WalRecord::typeName)
                .containsExactly("NEXTOID", "SWITCH", "NEXTOID", "NOOP", "NOOP");
        assertThat(listing.records())
                .extracting(WalRecord::timeline)
                .containsExactly(PARENT, PARENT, PARENT, CHILD, CHILD);
        assertThat(listing.records().get(3).begin()).isEqualTo(switchPoint);
        assertThat(listing.end().reason()).isEqualTo(Reason.ZERO_LENGTH);
    }

    @Test
    void doesNotReadTheParentsFileBehindTheSwitchPoint() throws IOException {
        wal.remove(SECOND_OF_CHILD);
        ClusterWal.Listing listing = read(history);

        assertThat(listing.records()).extracting(WalRecord::typeName).containsExactly("NEXTOID", "SWITCH", "NEXTOID");
        assertThat(listing.end())
                .isEqualTo(new EndOfWal(
                        switchPoint,
                        Reason.MISSING_SEGMENT,
                        "could not find file \"000000020000000000000002\": No such file or directory",
                        SECOND_OF_CHILD,
                        listing.last().begin()));
    }

    @Test
    void readsTheParentsOwnHistoryFromItsOwnFiles() throws IOException {
        ClusterWal.Listing listing = read(TimelineHistory.ofSingle(PARENT));

        assertThat(listing.records())
                .extracting(WalRecord::typeName)
                .containsExactly("NEXTOID", "SWITCH", "NEXTOID", "FPW_CHANGE", "FPW_CHANGE");
    }

    @Test
    void doesNotLookForSegmentsOfTimelinesThatBeginLater() throws IOException {
        wal.put(new WalSegmentName(CHILD, 1, SEGMENT), new byte[SEGMENT]);

        assertThat(read(history).records()).hasSize(5);
    }

    @Test
    void doesNotReadASegmentThatTheParentWroteAfterTheSwitch() throws IOException {
        wal.remove(THIRD_OF_CHILD);
        ClusterWal.Listing listing = read(history);

        assertThat(listing.records()).hasSize(4);
        assertThat(listing.end().segment()).isEqualTo(THIRD_OF_CHILD);
        assertThat(listing.end().reason()).isEqualTo(Reason.MISSING_SEGMENT);
    }
}
