package org.pgrewind4j.wal.framing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.PostgresVersion;

class WalCursorTest {

    private static final int SEGMENT = 1 << 20;
    private static final TimelineId TIMELINE = new TimelineId(1);
    private static final Lsn START = Lsn.parse("1/FFE00000");

    /** Lengths of records: many small ones, some over pages, a few over whole segments. */
    @Provide
    Arbitrary<List<Integer>> lengths() {
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(20, Arbitraries.integers().between(0, 300)),
                        net.jqwik.api.Tuple.of(10, Arbitraries.integers().between(0, 20_000)),
                        net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0, 2_500_000)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }

    @Property(tries = 200)
    void givesEachRecordOnceHoweverWalIsSplit(@ForAll("lengths") List<Integer> lengths, @ForAll PostgresVersion version)
            throws IOException {
        WalBuilder builder = new WalBuilder(version, TIMELINE, SEGMENT, START);
        for (int length : lengths) {
            builder.add(0x20, WalBuilder.mainData(length));
            if (length % 50 == 7) {
                builder.switchSegment();
            }
        }
        MemoryWal wal = builder.build();

        assertThat(scan(wal, version, START, Lsn.MAX)).isEqualTo(builder.begins());
        List<Lsn> bySegment = new ArrayList<>();
        for (Lsn begin = START; begin.isBefore(builder.end()); begin = begin.plus(SEGMENT)) {
            bySegment.addAll(scan(wal, version, begin, begin.plus(SEGMENT)));
        }
        assertThat(bySegment).isEqualTo(builder.begins());
    }

    private static List<Lsn> scan(MemoryWal wal, PostgresVersion version, Lsn from, Lsn until) throws IOException {
        List<Lsn> begins = new ArrayList<>();
        try (WalCursor cursor = new WalCursor(wal, version, SEGMENT, TimelineHistory.ofSingle(TIMELINE))) {
            cursor.seekFirst(from, until);
            while (cursor.next()) {
                begins.add(new Lsn(cursor.begin()));
            }
            assertThat(cursor.next()).isFalse();
            assertThat(cursor.endOfWal().reason())
                    .isIn(
                            EndOfWal.Reason.LIMIT,
                            EndOfWal.Reason.ZERO_LENGTH,
                            EndOfWal.Reason.ZERO_PAGE,
                            EndOfWal.Reason.MISSING_SEGMENT);
        }
        return begins;
    }

    @Test
    void beginsAtTheRecordThatBeginsAtOrAfterTheStart() throws IOException {
        WalBuilder builder = new WalBuilder(PostgresVersion.V17, TIMELINE, SEGMENT, START);
        for (int i = 0; i < 50; i++) {
            builder.add(0x20, WalBuilder.mainData(1000));
        }
        MemoryWal wal = builder.build();
        List<Lsn> begins = builder.begins();

        for (int i = 0; i < begins.size(); i++) {
            assertThat(scan(wal, PostgresVersion.V17, begins.get(i), Lsn.MAX))
                    .isEqualTo(begins.subList(i, begins.size()));
            assertThat(scan(wal, PostgresVersion.V17, begins.get(i).plus(1), Lsn.MAX))
                    .isEqualTo(begins.subList(i + 1, begins.size()));
            assertThat(scan(wal, PostgresVersion.V17, START, begins.get(i))).isEqualTo(begins.subList(0, i));
            assertThat(scan(wal, PostgresVersion.V17, START, begins.get(i).plus(1)))
                    .isEqualTo(begins.subList(0, i + 1));
        }
    }
}
