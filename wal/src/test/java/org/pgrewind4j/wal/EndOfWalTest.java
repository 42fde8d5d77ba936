package org.pgrewind4j.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.EndOfWal.Reason;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

/** What ends WAL, each rule broken by itself, with the words of {@code pg_waldump} 15. */
class EndOfWalTest {

    private static final int SEGMENT = 1 << 20;
    private static final TimelineId TIMELINE = new TimelineId(1);
    private static final Lsn START = Lsn.parse("0/100000");
    private static final WalSegmentName FIRST = WalSegmentName.containing(TIMELINE, START, SEGMENT);

    private final WalBuilder builder = new WalBuilder(PostgresVersion.V15, TIMELINE, SEGMENT, START);

    /** Two small records, at 0/100028 and 0/100058. */
    private MemoryWal twoRecords() {
        return builder.add(0x20, WalBuilder.mainData(16))
                .add(0x20, WalBuilder.mainData(16))
                .build();
    }

    /** A small record at 0/100028, and one at 0/100058 that reaches to the third page. */
    private MemoryWal smallAndLarge() {
        return builder.add(0x20, WalBuilder.mainData(16))
                .add(0x20, WalBuilder.mainData(10_000))
                .build();
    }

    private static ByteBuffer bytes(MemoryWal wal, WalSegmentName segment) {
        return WalBuilder.littleEndian(wal.content(segment));
    }

    private static ClusterWal.Listing read(WalSegmentSource wal) throws IOException {
        return ClusterWal.Listing.of(
                WalReader.open(wal, PostgresVersion.V15, SEGMENT, TimelineHistory.ofSingle(TIMELINE), START));
    }

    private static void assertEnd(MemoryWal wal, int records, Reason reason, String detail) throws IOException {
        ClusterWal.Listing listing = read(wal);
        assertThat(listing.end().detail()).isEqualTo(detail);
        assertThat(listing.end().reason()).isEqualTo(reason);
        assertThat(listing.records()).hasSize(records);
        assertThat(listing.end().position())
                .isEqualTo(records == 0 ? START : listing.last().end());
        assertThat(listing.end().lastRecordBegin())
                .isEqualTo(records == 0 ? Lsn.INVALID : listing.last().begin());
    }

    @Test
    void zeroLengthIsHowWalUsuallyEnds() throws IOException {
        assertEnd(twoRecords(), 2, Reason.ZERO_LENGTH, "invalid record length at 0/100088: wanted 24, got 0");
    }

    @Test
    void zeroPageIsHowWalEndsWhereAPageDoes() throws IOException {
        builder.add(0x20, WalBuilder.mainData(8192 - 40 - 24 - 5));
        assertThat(builder.end()).isEqualTo(Lsn.parse("0/102000"));
        assertEnd(
                builder.build(),
                1,
                Reason.ZERO_PAGE,
                "invalid magic number 0000 in log segment 000000010000000000000001, offset 8192");
    }

    @Test
    void lengthIsAtLeastTheHeaders() throws IOException {
        MemoryWal wal = twoRecords();
        bytes(wal, FIRST).putInt(0x58, 23);
        assertEnd(wal, 1, Reason.BAD_LENGTH, "invalid record length at 0/100058: wanted 24, got 23");
    }

    @Test
    void resourceManagerIsOneOfTheReleases() throws IOException {
        MemoryWal wal = twoRecords();
        bytes(wal, FIRST).put(0x58 + 17, (byte) 22);
        assertEnd(wal, 1, Reason.BAD_RESOURCE_MANAGER, "invalid resource manager ID 22 at 0/100058");
    }

    @Test
    void recordNamesTheRecordBefore() throws IOException {
        MemoryWal wal = twoRecords();
        bytes(wal, FIRST).putLong(0x58 + 8, 0x100020);
        WalBuilder.seal(wal.content(FIRST), 0x58);
        assertEnd(wal, 1, Reason.BAD_PREV_LINK, "record with incorrect prev-link 0/100020 at 0/100058");
    }

    @Test
    void crcIsGood() throws IOException {
        MemoryWal wal = twoRecords();
        bytes(wal, FIRST).put(0x58 + 30, (byte) 0x55);
        assertEnd(wal, 1, Reason.BAD_CRC, "incorrect resource manager data checksum in record at 0/100058");
    }

    @Test
    void magicNumberIsTheReleases() throws IOException {
        MemoryWal wal = smallAndLarge();
        bytes(wal, FIRST).putShort(8192, (short) 0xD116);
        assertEnd(
                wal,
                1,
                Reason.BAD_MAGIC,
                "invalid magic number D116 in log segment 000000010000000000000001, offset 8192\n"
                        + "HINT: this is WAL of PostgreSQL 17, not of PostgreSQL 15");
    }

    @Test
    void magicNumberReadBackwardsIsAnotherMachines() throws IOException {
        MemoryWal wal = smallAndLarge();
        bytes(wal, FIRST).putShort(0, (short) 0x10D1);
        assertEnd(
                wal,
                0,
                Reason.BAD_MAGIC,
                "invalid magic number 10D1 in log segment 000000010000000000000001, offset 0\n"
                        + "HINT: this is WAL of a machine with the other byte order");
    }

    @Test
    void flagsOfAPageAreKnown() throws IOException {
        MemoryWal wal = smallAndLarge();
        bytes(wal, FIRST).putShort(8192 + 2, (short) 0x11);
        assertEnd(
                wal,
                1,
                Reason.BAD_PAGE_HEADER,
                "invalid info bits 0011 in log segment 000000010000000000000001, offset 8192");
    }

    @Test
    void segmentBeginsWithALongHeader() throws IOException {
        MemoryWal wal = twoRecords();
        bytes(wal, FIRST).putShort(2, (short) 0);
        assertEnd(
                wal,
                0,
                Reason.BAD_PAGE_HEADER,
                "invalid info bits 0000 in log segment 000000010000000000000001, offset 0");
    }

    @Test
    void segmentIsOfTheClustersSize() throws IOException {
        MemoryWal wal = twoRecords();
        bytes(wal, FIRST).putInt(32, 16 << 20);
        assertEnd(
                wal,
                0,
                Reason.BAD_PAGE_HEADER,
                "WAL file is from different database system: incorrect segment size in page header");
    }

    @Test
    void pageIsOfTheUsualSize() throws IOException {
        MemoryWal wal = twoRecords();
        bytes(wal, FIRST).putInt(36, 16384);
        assertEnd(
                wal,
                0,
                Reason.BAD_PAGE_HEADER,
                "WAL file is from different database system: incorrect XLOG_BLCKSZ in page header");
    }

    @Test
    void segmentsAreOfOneSystem() throws IOException {
        MemoryWal wal = builder.add(0x20, WalBuilder.mainData(16))
                .switchSegment()
                .add(0x20, WalBuilder.mainData(16))
                .build();
        bytes(wal, FIRST.next()).putLong(24, 4711);
        assertEnd(
                wal,
                2,
                Reason.BAD_PAGE_HEADER,
                "WAL file is from different database system: WAL file database system identifier is 4711,"
                        + " pg_control database system identifier is 24301");
    }

    @Test
    void firstPageIsCheckedThoughReadingBeginsBehindIt() throws IOException {
        MemoryWal wal = smallAndLarge();
        bytes(wal, FIRST).putInt(32, 16 << 20);
        try (WalReader reader = WalReader.open(
                wal, PostgresVersion.V15, SEGMENT, TimelineHistory.ofSingle(TIMELINE), START.plus(8192))) {
            assertThat(reader.next()).isEmpty();
            assertThat(reader.end().reason()).isEqualTo(Reason.BAD_PAGE_HEADER);
        }
    }

    @Test
    void pageOfAnOlderUseEndsWal() throws IOException {
        MemoryWal wal = smallAndLarge();
        bytes(wal, FIRST).putLong(8192 + 8, 0x2000);
        assertEnd(
                wal,
                1,
                Reason.RECYCLED_PAGE,
                "unexpected pageaddr 0/2000 in log segment 000000010000000000000001, offset 8192");
    }

    @Test
    void timelineOfAPageIsNotBeforeThePageBefores() throws IOException {
        WalBuilder second = new WalBuilder(PostgresVersion.V15, new TimelineId(3), SEGMENT, START);
        MemoryWal wal = second.add(0x20, WalBuilder.mainData(10_000)).build();
        WalSegmentName name = new WalSegmentName(new TimelineId(3), 1, SEGMENT);
        bytes(wal, name).putInt(8192 + 4, 2);
        try (WalReader reader =
                WalReader.open(wal, PostgresVersion.V15, SEGMENT, TimelineHistory.ofSingle(new TimelineId(3)), START)) {
            assertThat(reader.next()).isEmpty();
            assertThat(reader.end().detail())
                    .isEqualTo("out-of-sequence timeline ID 2 (after 3) in log segment 000000030000000000000001,"
                            + " offset 8192");
            assertThat(reader.end().reason()).isEqualTo(Reason.BAD_TIMELINE);
        }
    }

    @Test
    void timelineOfAPageBelongsToTheHistory() throws IOException {
        MemoryWal wal = smallAndLarge();
        bytes(wal, FIRST).putInt(8192 + 4, 2);
        assertEnd(
                wal,
                1,
                Reason.BAD_TIMELINE,
                "unexpected timeline ID 2 in log segment 000000010000000000000001, offset 8192");
    }

    @Test
    void recordGoesOnInAPageThatSaysSo() throws IOException {
        MemoryWal wal = smallAndLarge();
        bytes(wal, FIRST).putShort(8192 + 2, (short) 0);
        assertEnd(wal, 1, Reason.BAD_CONTINUATION, "there is no contrecord flag at 0/100058");
    }

    @Test
    void recordGoesOnWithTheLengthThatIsLeft() throws IOException {
        MemoryWal wal = smallAndLarge();
        bytes(wal, FIRST).putInt(8192 + 16, 17);
        assertEnd(wal, 1, Reason.BAD_CONTINUATION, "invalid contrecord length 17 (expected 1925) at 0/100058");
    }

    @Test
    void recordDoesNotBeginWhereAPageContinuesAnother() throws IOException {
        builder.add(0x20, WalBuilder.mainData(8192 - 40 - 24 - 5)).add(0x20, WalBuilder.mainData(0));
        MemoryWal wal = builder.build();
        bytes(wal, FIRST).putShort(8192 + 2, (short) WalBuilder.CONTINUES);
        assertEnd(wal, 1, Reason.BAD_CONTINUATION, "contrecord is requested by 0/102018");
    }

    @Test
    void segmentIsThere() throws IOException {
        builder.add(0x20, WalBuilder.mainData(16)).add(0x20, WalBuilder.mainData(SEGMENT));
        MemoryWal wal = builder.build().remove(FIRST.next());
        assertEnd(
                wal,
                1,
                Reason.MISSING_SEGMENT,
                "could not find file \"000000010000000000000002\": No such file or directory");
        assertThat(read(wal).end().segment()).isEqualTo(FIRST.next());
    }

    @Test
    void segmentIsWhole() throws IOException {
        MemoryWal wal = smallAndLarge();
        wal.put(FIRST, Arrays.copyOf(wal.content(FIRST), 8192 + 100));
        assertEnd(
                wal,
                1,
                Reason.SHORT_SEGMENT,
                "could not read from file 000000010000000000000001, offset 8292: read 0 of 8092");
    }

    @Test
    void limitIsNotTheEnd() throws IOException {
        try (WalReader reader = WalReader.open(
                        twoRecords(), PostgresVersion.V15, SEGMENT, TimelineHistory.ofSingle(TIMELINE), START)
                .until(START.plus(0x58))) {
            assertThat(reader.next()).isPresent();
            assertThatThrownBy(reader::end).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> reader.until(START)).isInstanceOf(IllegalStateException.class);
            assertThat(reader.next()).isEmpty();
            assertThat(reader.end())
                    .isEqualTo(new EndOfWal(Lsn.parse("0/100058"), Reason.LIMIT, "", FIRST, Lsn.parse("0/100028")));
            assertThat(reader.end()).hasToString("end of WAL at 0/100058: limit reached");
        }
    }

    @Test
    void goesOnWhereAnUnfinishedRecordWasOverwritten() throws IOException {
        builder.add(0x20, WalBuilder.mainData(16))
                .addUnfinished(2, WalBuilder.mainData(100_000))
                .add(0xD0, WalBuilder.mainData(16))
                .add(0x20, WalBuilder.mainData(16));
        ClusterWal.Listing listing = read(builder.build());

        assertThat(listing.records()).extracting(WalRecord::begin).isEqualTo(builder.begins());
        assertThat(listing.records())
                .extracting(WalRecord::typeName)
                .containsExactly("NOOP", "OVERWRITE_CONTRECORD", "NOOP");
        assertThat(builder.begins().get(1)).isEqualTo(Lsn.parse("0/106018"));
        assertThat(listing.end().reason()).isEqualTo(Reason.ZERO_LENGTH);
    }

    @Test
    void lengthAloneTakesNoMemory() throws IOException {
        MemoryWal wal = smallAndLarge();
        ByteBuffer bytes = bytes(wal, FIRST);
        bytes.putInt(0x58, 1_000_000_000);
        bytes.putInt(8192 + 16, 1_000_000_000 - (8192 - 0x58));
        read(wal);

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertEnd(
                wal,
                1,
                Reason.ZERO_PAGE,
                "invalid magic number 0000 in log segment 000000010000000000000001, offset 16384");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2_000_000);
    }

    @Test
    void lengthIsAtMostWhatAServerWrites() throws IOException {
        MemoryWal wal = smallAndLarge();
        ByteBuffer bytes = bytes(wal, FIRST);
        bytes.putInt(0x58, -1);
        bytes.putInt(8192 + 16, -1 - (8192 - 0x58));
        assertEnd(wal, 1, Reason.BAD_LENGTH, "record length 4294967295 at 0/100058 too long");
    }
}
