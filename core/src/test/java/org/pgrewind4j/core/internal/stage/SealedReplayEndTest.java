package org.pgrewind4j.core.internal.stage;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.ControlFileBytes;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.ReplayEnd;

class SealedReplayEndTest {

    private static final Lsn SWITCH = Lsn.parse("0/3000060");
    private static final TimelineHistory HISTORY =
            TimelineHistory.parse(new TimelineId(2), "1\t" + SWITCH + "\tno recovery target specified\n");

    private static void require(Lsn end, int timeline) {
        SealedReplayEnd.require(
                new ReplayEnd(
                        end,
                        new TimelineId(timeline),
                        ControlFileBytes.stopped().build()),
                HISTORY);
    }

    @Test
    void isOnTheTimelineThatIsGivenWithIt() {
        assertThatCode(() -> require(SWITCH.plus(8), 2)).doesNotThrowAnyException();
        assertThatCode(() -> require(SWITCH, 1)).doesNotThrowAnyException();
    }

    @Test
    void refusesOneThatAServerCouldNotStartWith() {
        assertThatThrownBy(() -> require(SWITCH, 2))
                .isInstanceOf(RewindRefusedException.class)
                .hasMessageContaining(
                        "the source says that replay ends at 0/3000060 on timeline 2, and by its history the"
                                + " WAL before that position is of timeline 1");
        assertThatThrownBy(() -> require(SWITCH.plus(8), 1)).isInstanceOf(RewindRefusedException.class);
        assertThatThrownBy(() -> require(Lsn.INVALID, 2)).isInstanceOf(RewindRefusedException.class);
    }
}
