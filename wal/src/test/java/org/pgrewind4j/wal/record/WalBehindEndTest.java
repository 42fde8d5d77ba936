package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.ClusterWal;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalSegmentName;

/** What a killed server can leave behind the end of WAL, and what only damage can. */
class WalBehindEndTest {

    private static final int SEGMENT = 1 << 20;
    private static final int PAGE = 8192;
    private static final TimelineId TIMELINE = new TimelineId(1);
    private static final TimelineHistory HISTORY = TimelineHistory.ofSingle(TIMELINE);
    private static final Lsn START = Lsn.parse("0/100000");
    private static final WalSegmentName FIRST = WalSegmentName.containing(TIMELINE, START, SEGMENT);
    private static final WalSegmentName SECOND = FIRST.next();
    private static final WalSegmentName THIRD = SECOND.next();

    /** Small records on the first pages of a segment. */
    private static WalBuilder records(int count) {
        WalBuilder builder = new WalBuilder(PostgresVersion.V15, TIMELINE, SEGMENT, START);
        for (int i = 0; i < count; i++) {
            builder.add(0x20, WalBuilder.mainData(1000));
        }
        return builder;
    }

    private static boolean isDoubtful(MemoryWal wal, WalSegmentName... listed) throws IOException {
        EndOfWal end = ClusterWal.Listing.of(WalReader.open(wal, PostgresVersion.V15, SEGMENT, HISTORY, START))
                .end();
        try (WalBehindEnd behind = new WalBehindEnd(wal, PostgresVersion.V15, SEGMENT, 0x5EED, HISTORY, end)) {
            return behind.look(List.of(listed));
        }
    }

    private static void zero(MemoryWal wal, WalSegmentName segment, int from, int length) {
        Arrays.fill(wal.content(segment), from, from + length, (byte) 0);
    }

    @Test
    void zerosLeaveNoDoubt() throws IOException {
        assertThat(isDoubtful(records(20).build())).isFalse();
    }

    @Test
    void recordThatWasNotWrittenToItsEndLeavesNoDoubt() throws IOException {
        WalBuilder builder = records(3).add(0x20, WalBuilder.mainData(2 * SEGMENT));
        MemoryWal wal = builder.build();
        zero(wal, SECOND, 5 * PAGE, SEGMENT - 5 * PAGE);
        wal.remove(THIRD);

        assertThat(isDoubtful(wal, FIRST, SECOND)).isFalse();
    }

    @Test
    void restOfARecordThatIsNoMoreLeavesNoDoubt() throws IOException {
        MemoryWal wal =
                records(3).addUnfinished(4, WalBuilder.mainData(100_000)).build();
        int begin = (int) records(3).end().minus(START);
        zero(wal, FIRST, begin, PAGE - begin % PAGE);

        assertThat(isDoubtful(wal)).isFalse();
    }

    @Test
    void fileOfAnOlderUseLeavesNoDoubt() throws IOException {
        MemoryWal wal = records(3).build();
        wal.put(SECOND, wal.content(FIRST).clone());
        wal.put(THIRD, wal.content(FIRST).clone());

        assertThat(isDoubtful(wal, FIRST, SECOND, THIRD)).isFalse();
    }

    @Test
    void fileOfAnotherTimelineOrSystemLeavesNoDoubt() throws IOException {
        MemoryWal wal = records(3).build();
        MemoryWal others = records(3000).build();
        wal.put(SECOND, others.content(SECOND).clone());
        WalBuilder.littleEndian(wal.content(SECOND)).putInt(4, 7);
        zero(wal, SECOND, PAGE, SEGMENT - PAGE);
        wal.put(THIRD, others.content(THIRD).clone());
        WalBuilder.littleEndian(wal.content(THIRD)).putLong(24, 4711);

        assertThat(isDoubtful(wal, THIRD)).isFalse();
    }

    @Test
    void pageBehindAMissingOneLeavesADoubt() throws IOException {
        MemoryWal wal = records(60).build();
        zero(wal, FIRST, 2 * PAGE, PAGE);

        assertThat(isDoubtful(wal)).isTrue();
    }

    @Test
    void anyDamagedByteOfTheLastPageLeavesADoubt() throws IOException {
        MemoryWal whole = records(5).build();
        int from = (int) records(3).end().minus(START);
        for (int at = from; at < from + 1029; at++) {
            MemoryWal wal = whole.copy();
            wal.content(FIRST)[at] ^= 0x40;
            assertThat(isDoubtful(wal)).as("byte %d", at).isTrue();
        }
    }

    @Test
    void damagedByteOfARecordOverPagesLeavesADoubt() throws IOException {
        MemoryWal wal = records(3).add(0x20, WalBuilder.mainData(20_000)).build();
        wal.content(FIRST)[PAGE + 5000] ^= 1;

        assertThat(isDoubtful(wal)).isTrue();
    }

    @Test
    void cutFileLeavesADoubt() throws IOException {
        MemoryWal wal = records(20).build();
        wal.put(FIRST, Arrays.copyOf(wal.content(FIRST), 2 * PAGE));

        assertThat(isDoubtful(wal)).isTrue();
    }

    @Test
    void laterSegmentProvesDamage() {
        MemoryWal wal = records(2000).build();
        wal.content(FIRST)[5 * PAGE + 100] ^= 1;

        assertThatThrownBy(() -> isDoubtful(wal, FIRST, SECOND))
                .isInstanceOf(WalEndsTooEarlyException.class)
                .hasMessageMatching("(?s)WAL has to reach 0/200000, for segment 000000010000000000000002, which was"
                        + " written later, is there, and does not: end of WAL at 0/109[0-9A-F]{3}: .*");
    }

    @Test
    void laterSegmentWhoseFirstPageIsDamagedTooProvesDamage() {
        MemoryWal wal = records(2000).build();
        wal.content(FIRST)[5 * PAGE + 100] ^= 1;
        zero(wal, SECOND, 0, PAGE);
        wal.remove(THIRD);

        assertThatThrownBy(() -> isDoubtful(wal, FIRST, SECOND)).isInstanceOf(WalEndsTooEarlyException.class);
    }

    @Test
    void laterSegmentsNameTheOnesThatAreMissing() {
        MemoryWal wal = records(4000).build();
        WalSegmentName fourth = THIRD.next();
        wal.remove(SECOND).remove(THIRD);

        assertThatThrownBy(() -> isDoubtful(wal, FIRST, fourth))
                .isInstanceOfSatisfying(
                        MissingWalException.class, e -> assertThat(e.segments()).containsExactly(SECOND, THIRD))
                .hasMessageStartingWith(
                        "WAL is missing: segments 000000010000000000000002, 000000010000000000000003 are"
                                + " needed to read the changes up to segment 000000010000000000000004");
    }

    @Test
    void segmentThatBeginsWithATornRecordIsNotALaterOne() throws IOException {
        WalBuilder builder = records(3).switchSegment().add(0x20, WalBuilder.mainData(100_000));
        MemoryWal wal = builder.build();
        zero(wal, SECOND, 3 * PAGE, SEGMENT - 3 * PAGE);

        assertThat(isDoubtful(wal, FIRST, SECOND)).isFalse();
    }
}
