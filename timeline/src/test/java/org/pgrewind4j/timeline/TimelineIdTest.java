package org.pgrewind4j.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimelineIdTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1, 00000001.history",
        "10, 10, 0000000A.history",
        "2147483648, -2147483648, 80000000.history",
        "4294967295, -1, FFFFFFFF.history"
    })
    void isAnUnsignedNumberOf32Bits(long value, int bits, String file) {
        TimelineId timeline = new TimelineId(value);

        assertThat(timeline.bits()).isEqualTo(bits);
        assertThat(TimelineId.ofBits(bits)).isEqualTo(timeline);
        assertThat(timeline.historyFileName()).isEqualTo(file);
        assertThat(timeline).hasToString(Long.toString(value));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 4294967296L, Long.MIN_VALUE, Long.MAX_VALUE})
    void refusesNumbersOutsideTheRange(long value) {
        assertThatThrownBy(() -> new TimelineId(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a timeline: " + value + ": expected 1 to 4294967295");
    }

    @Test
    void isOrderedUnsigned() {
        assertThat(new TimelineId(4294967295L)).isGreaterThan(new TimelineId(2));
        assertThat(TimelineId.ofBits(-1)).isGreaterThan(TimelineId.ofBits(Integer.MAX_VALUE));
    }

    @Test
    void zeroBitsAreNoTimeline() {
        assertThatThrownBy(() -> TimelineId.ofBits(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a timeline: 0: expected 1 to 4294967295");
    }
}
