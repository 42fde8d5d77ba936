package org.pgrewind4j.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineHistoryTest {

    private static final TimelineHistory ONE = TimelineHistory.ofSingle(new TimelineId(1));

    private static final TimelineHistory THREE =
            ONE.switchTo(new TimelineId(2), new Lsn(100), "first").switchTo(new TimelineId(5), new Lsn(250), "second");

    @Test
    void aSingleTimelineHasOneOpenSpanAndNoFile() {
        assertThat(ONE.spans()).containsExactly(new TimelineSpan(new TimelineId(1), Lsn.INVALID, Lsn.MAX));
        assertThat(ONE.last().isOpen()).isTrue();
        assertThat(ONE.reasons()).isEmpty();
        assertThat(ONE.format()).isEmpty();
        assertThat(ONE).hasToString("1");
    }

    @Test
    void spansFollowEachOtherWithoutGap() {
        assertThat(THREE.spans())
                .containsExactly(
                        new TimelineSpan(new TimelineId(1), Lsn.INVALID, new Lsn(100)),
                        new TimelineSpan(new TimelineId(2), new Lsn(100), new Lsn(250)),
                        new TimelineSpan(new TimelineId(5), new Lsn(250), Lsn.MAX));
        assertThat(THREE.reasons()).containsExactly("first", "second");
        assertThat(THREE.timeline()).isEqualTo(new TimelineId(5));
        assertThat(THREE).hasToString("1 until 0/64, 2 until 0/FA, 5");
    }

    @Test
    void printsAHistoryFileAsPostgresDoes() {
        assertThat(THREE.format()).isEqualTo("1\t0/64\tfirst\n\n2\t0/FA\tsecond\n");
    }

    @Test
    void knowsTheTimelineOfEachPosition() {
        assertThat(THREE.timelineAt(Lsn.INVALID)).isEqualTo(new TimelineId(1));
        assertThat(THREE.timelineAt(new Lsn(99))).isEqualTo(new TimelineId(1));
        assertThat(THREE.timelineAt(new Lsn(100))).isEqualTo(new TimelineId(2));
        assertThat(THREE.timelineAt(new Lsn(249))).isEqualTo(new TimelineId(2));
        assertThat(THREE.timelineAt(new Lsn(250))).isEqualTo(new TimelineId(5));
        assertThat(THREE.timelineAt(Lsn.MAX)).isEqualTo(new TimelineId(5));
    }

    @Test
    void aTimelineLeftAtItsBeginHasNoPosition() {
        TimelineHistory history =
                ONE.switchTo(new TimelineId(2), new Lsn(100), "").switchTo(new TimelineId(3), new Lsn(100), "");

        assertThat(history.span(new TimelineId(2)).orElseThrow().contains(new Lsn(100)))
                .isFalse();
        assertThat(history.timelineAt(new Lsn(99))).isEqualTo(new TimelineId(1));
        assertThat(history.timelineAt(new Lsn(100))).isEqualTo(new TimelineId(3));
    }

    @Test
    void looksUpSpansByTimeline() {
        assertThat(THREE.span(new TimelineId(2)))
                .contains(new TimelineSpan(new TimelineId(2), new Lsn(100), new Lsn(250)));
        assertThat(THREE.span(new TimelineId(3))).isEmpty();
    }

    @Test
    void isEqualWhateverTheReasons() {
        TimelineHistory other =
                ONE.switchTo(new TimelineId(2), new Lsn(100), "else").switchTo(new TimelineId(5), new Lsn(250), "");

        assertThat(other).isEqualTo(THREE).hasSameHashCodeAs(THREE);
        assertThat(other).isNotEqualTo(ONE.switchTo(new TimelineId(2), new Lsn(100), "else"));
    }

    @Test
    void refusesASwitchThatBreaksTheOrder() {
        assertThatThrownBy(() -> THREE.switchTo(new TimelineId(5), new Lsn(300), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeline 5 cannot follow timeline 5");
        assertThatThrownBy(() -> THREE.switchTo(new TimelineId(6), new Lsn(249), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeline 5 ends at 0/F9, before its start 0/FA");
    }

    @Test
    void refusesASwitchAtNoPosition() {
        for (Lsn nowhere : List.of(Lsn.INVALID, Lsn.MAX)) {
            assertThatThrownBy(() -> ONE.switchTo(new TimelineId(2), nowhere, ""))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("timeline 2 cannot begin at " + nowhere);
        }
    }

    @Test
    void refusesAReasonOfTwoLines() {
        assertThatThrownBy(() -> ONE.switchTo(new TimelineId(2), new Lsn(100), "two\nlines"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a reason is one line: \"two\nlines\"");
    }
}
