package org.pgrewind4j.wal.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.framing.WalCursor;

/** How ranges are put together, also those that no intact WAL gives. */
class RangeMergerTest {

    private static final int SEGMENT = 1 << 20;
    private static final TimelineId TIMELINE = new TimelineId(1);
    private static final Lsn START = Lsn.parse("0/100000");
    private static final Lsn SEAM = START.plus(8192);

    private final WalBuilder builder = new WalBuilder(PostgresVersion.V17, TIMELINE, SEGMENT, START);
    private final List<Long> readAgain = new ArrayList<>();
    private RangeReader task;
    private RangeMerger scan;

    @BeforeEach
    void twentyRecordsOnTwoPages() {
        for (int i = 0; i < 20; i++) {
            builder.add(10, 0, WalBuilder.mainData(600));
        }
        task = new RangeReader(
                builder.build(),
                PostgresVersion.V17,
                SEGMENT,
                TimelineHistory.ofSingle(TIMELINE),
                START,
                START,
                Lsn.MAX,
                8192);
        scan = new RangeMerger(this::readBehind, START, bytes -> {});
    }

    private ScannedRange readBehind(long record, long until) throws IOException {
        readAgain.add(record);
        try (WalCursor cursor = task.newCursor()) {
            return task.readBehind(cursor, record, until);
        }
    }

    private ScannedRange read(Lsn from, Lsn until) throws IOException {
        try (WalCursor cursor = task.newCursor()) {
            return task.read(cursor, from.value(), until.value());
        }
    }

    private Lsn lastBeforeSeam() {
        return builder.begins().stream()
                .filter(begin -> begin.isBefore(SEAM))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    @Test
    void takesRangesThatFitAsTheyAre() throws IOException {
        scan.add(read(START, SEAM));
        assertThat(scan.end()).isNull();
        scan.add(read(SEAM, SEAM.plus(8192)));
        assertThat(scan.end()).isNotNull();
        assertThat(scan.result().records()).isEqualTo(20);
        assertThat(readAgain).isEmpty();
    }

    @Test
    void readsARangeAgainThatBeginsWithAnotherRecord() throws IOException {
        scan.add(read(START, SEAM));
        // As if the page had changed between two reads: the second record of the range was taken for its first.
        Lsn second = builder.begins().get(builder.begins().indexOf(lastBeforeSeam()) + 2);
        scan.add(read(second, SEAM.plus(8192)));
        assertThat(scan.result().records()).isEqualTo(20);
        assertThat(scan.result().end().lastRecordBegin())
                .isEqualTo(builder.begins().get(19));
        assertThat(readAgain).containsExactly(lastBeforeSeam().value());
    }

    @Test
    void readsARangeAgainThatFailedBeforeItsFirstRecord() throws IOException {
        scan.add(read(START, SEAM));
        RangeFindings nothing = read(SEAM, SEAM).findings();
        scan.add(new ScannedRange(
                SEAM.plus(8192).value(), nothing, RangeFindings.NONE, null, new IOException("only for a moment")));
        assertThat(scan.result().records()).isEqualTo(20);
        assertThat(readAgain).containsExactly(lastBeforeSeam().value());
    }

    @Test
    void throwsWhatStoppedARangeThatFits() throws IOException {
        scan.add(read(START, SEAM));
        RangeFindings found = read(SEAM, SEAM.plus(8192)).findings();
        ScannedRange failed = new ScannedRange(
                SEAM.plus(8192).value(), found, RangeFindings.NONE, null, new IOException("the disk is gone"));
        assertThatThrownBy(() -> scan.add(failed))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is gone");
    }

    @Test
    void hasNoResultBeforeTheEnd() throws IOException {
        scan.add(read(START, SEAM));
        assertThatThrownBy(scan::result)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("WAL has not been read to its end");
    }
}
