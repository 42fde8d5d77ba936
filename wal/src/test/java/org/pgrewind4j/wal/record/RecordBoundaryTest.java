package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentName;

class RecordBoundaryTest {

    private static final TimelineId TIMELINE = new TimelineId(3);
    private static final int SEGMENT = 1 << 20;
    private static final Lsn START = new Lsn(5 * SEGMENT);

    private final Random random = new Random(20261);

    private static WalBuilder builder(PostgresVersion version) {
        return new WalBuilder(version, TIMELINE, SEGMENT, START);
    }

    private static Lsn atOrBefore(PostgresVersion version, MemoryWal wal, Lsn position) throws IOException {
        return RecordBoundary.atOrBefore(wal, version, SEGMENT, TIMELINE, position);
    }

    /** The greatest end of a record that is not behind the position, by reading all of them. */
    private static Lsn expected(PostgresVersion version, MemoryWal wal, Lsn position) throws IOException {
        Lsn last = START;
        try (WalReader reader = WalReader.open(wal, version, SEGMENT, TimelineHistory.ofSingle(TIMELINE), START)) {
            for (WalRecord record = reader.next().orElse(null);
                    record != null && !record.end().isAfter(position);
                    record = reader.next().orElse(null)) {
                last = record.end();
            }
        }
        return last;
    }

    @ParameterizedTest
    @EnumSource(
            value = PostgresVersion.class,
            names = {"V9_6", "V18"})
    void isTheEndOfTheLastWholeRecord(PostgresVersion version) throws IOException {
        WalBuilder builder = builder(version);
        while (builder.end().isBefore(START.plus(2 * SEGMENT))) {
            int length = switch (random.nextInt(8)) {
                case 0 -> 9_000 + random.nextInt(20_000);
                case 1 -> random.nextInt(40) == 0 ? 300_000 : 8_000;
                default -> random.nextInt(400);
            };
            builder.add(0x20, WalBuilder.mainData(length));
        }
        MemoryWal wal = builder.build();
        for (Lsn page = START.plus(WalBuilder.PAGE);
                page.isBefore(START.plus(2 * SEGMENT));
                page = page.plus(WalBuilder.PAGE)) {
            assertThat(atOrBefore(version, wal, page)).as("%s", page).isEqualTo(expected(version, wal, page));
        }
    }

    @Test
    void isThePageItselfWhereARecordEndsWithIt() throws IOException {
        WalBuilder builder = builder(PostgresVersion.V18);
        builder.add(0x20, WalBuilder.mainData(WalBuilder.PAGE - 40 - 24 - 5));
        assertThat(builder.end()).isEqualTo(START.plus(WalBuilder.PAGE));
        assertThat(atOrBefore(PostgresVersion.V18, builder.build(), START.plus(WalBuilder.PAGE)))
                .isEqualTo(START.plus(WalBuilder.PAGE));
    }

    @Test
    void isAPositionWithinAPageAsItIs() throws IOException {
        Lsn position = START.plus(104);
        assertThat(atOrBefore(PostgresVersion.V18, new MemoryWal(), position)).isEqualTo(position);
    }

    @Test
    void isTheEndOfASegmentThatWasEndedEarly() throws IOException {
        WalBuilder builder = builder(PostgresVersion.V18);
        builder.add(0x20, WalBuilder.mainData(100)).switchSegment();
        assertThat(atOrBefore(PostgresVersion.V18, builder.build(), START.plus(SEGMENT)))
                .isEqualTo(START.plus(SEGMENT));
    }

    @Test
    void isTheBeginOfASwitchWhoseSegmentIsNotFlushedToItsEnd() throws IOException {
        WalBuilder builder = builder(PostgresVersion.V18);
        builder.add(0x20, WalBuilder.mainData(100));
        Lsn end = builder.end();
        builder.switchSegment();
        assertThat(atOrBefore(PostgresVersion.V18, builder.build(), START.plus(5 * WalBuilder.PAGE)))
                .isEqualTo(end);
    }

    @Test
    void namesASegmentThatIsGone() {
        assertThatThrownBy(() -> atOrBefore(PostgresVersion.V18, new MemoryWal(), START.plus(SEGMENT)))
                .isInstanceOf(MissingWalException.class)
                .hasMessageStartingWith(
                        "WAL is missing: segment 000000030000000000000005 is needed to find the last record"
                                + " before 0/600000");
    }

    @Test
    void refusesAPageOfAnotherPosition() {
        WalBuilder builder = builder(PostgresVersion.V18);
        builder.add(0x20, WalBuilder.mainData(30_000));
        MemoryWal wal = builder.build();
        byte[] content = wal.content(WalSegmentName.containing(TIMELINE, START, SEGMENT));
        content[WalBuilder.PAGE + 9] ^= 1;
        assertThatThrownBy(() -> atOrBefore(PostgresVersion.V18, wal, START.plus(2 * WalBuilder.PAGE)))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "malformed WAL before the server's flush position 0/504000: expected records, found a page of"
                                + " another position or release at 0/502000");
    }
}
