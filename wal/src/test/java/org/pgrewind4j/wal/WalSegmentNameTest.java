package org.pgrewind4j.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;

class WalSegmentNameTest {

    private static final int MB_16 = 16 << 20;

    @Test
    void namesTheSegmentOfAPosition() {
        WalSegmentName name = WalSegmentName.containing(new TimelineId(2), Lsn.parse("16/3ABCDEF"), MB_16);

        assertThat(name.fileName()).isEqualTo("000000020000001600000003");
        assertThat(name.begin()).isEqualTo(Lsn.parse("16/3000000"));
        assertThat(name.end()).isEqualTo(Lsn.parse("16/4000000"));
        assertThat(name.next().fileName()).isEqualTo("000000020000001600000004");
        assertThat(name.previous().fileName()).isEqualTo("000000020000001600000002");
    }

    @Test
    void carriesIntoTheHighHalf() {
        assertThat(WalSegmentName.parse("0000000100000000000000FF", MB_16)
                        .orElseThrow()
                        .next()
                        .fileName())
                .isEqualTo("000000010000000100000000");
        assertThat(WalSegmentName.parse("000000010000000000000FFF", 1 << 20)
                        .orElseThrow()
                        .next()
                        .fileName())
                .isEqualTo("000000010000000100000000");
    }

    @Property
    void parsesWhatItPrints(
            @ForAll @LongRange(min = 1, max = 0xFFFF_FFFFL) long timeline,
            @ForAll long position,
            @ForAll @IntRange(min = 20, max = 30) int sizeBits) {
        WalSegmentName name = WalSegmentName.containing(new TimelineId(timeline), new Lsn(position), 1 << sizeBits);

        assertThat(WalSegmentName.parse(name.fileName(), 1 << sizeBits)).contains(name);
        assertThat(new Lsn(position).minus(name.begin())).isBetween(0L, (1L << sizeBits) - 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00000001000000000000000",
                "0000000100000000000000001",
                "00000001000000000000000G",
                "00000001000000000000000a",
                "000000000000000000000001",
                "000000010000000000000100",
                "000000010000000000000001.partial",
                "00000002.history",
                "000000010000000000000002.00000028.backup",
                "+00000010000000000000001"
            })
    void refusesWhatIsNotASegmentsName(String fileName) {
        assertThat(WalSegmentName.parse(fileName, MB_16)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1 << 19, 3 << 20, 1 << 31})
    void refusesASizeThatPostgresDoesNotKnow(int segmentSize) {
        assertThatThrownBy(() -> WalSegmentName.containing(new TimelineId(1), Lsn.INVALID, segmentSize))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a WAL segment size: " + segmentSize + ": expected a power of two from 1 MB to 1 GB");
    }

    @Test
    void hasNoSegmentBeforeTheFirstOrAfterTheLast() {
        WalSegmentName first = new WalSegmentName(new TimelineId(1), 0, MB_16);
        WalSegmentName last = WalSegmentName.containing(new TimelineId(1), Lsn.MAX, MB_16);

        assertThat(last.fileName()).isEqualTo("00000001FFFFFFFF000000FF");
        assertThatThrownBy(first::previous).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(last::next).isInstanceOf(IllegalArgumentException.class);
    }
}
