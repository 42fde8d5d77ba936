package org.pgrewind4j.core.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.core.ControlFileBytes;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.CheckpointRecord;

class ReplayStartTest {

    private static final CheckpointRecord SHARED = new CheckpointRecord(
            new Lsn(600),
            new Lsn(720),
            false,
            control(500, 600, ClusterState.SHUT_DOWN).checkPointCopy());

    private static ControlFile control(long redo, long record, ClusterState state) {
        return ControlFileBytes.stopped()
                .checkPoint(new Lsn(redo), new Lsn(record))
                .build()
                .patch()
                .state(state)
                .minRecoveryPoint(new Lsn(10_000), new TimelineId(1))
                .build();
    }

    private static ReplayStart start(ControlFile source, ControlFile target) {
        return ReplayStart.of(SHARED, source, target);
    }

    private static ReplayStart at(long redo, long record) {
        return new ReplayStart(new Lsn(redo), new Lsn(record));
    }

    @Test
    void isTheLastSharedCheckpointWhenNobodyLags() {
        assertThat(start(control(800, 900, ClusterState.SHUT_DOWN), control(700, 750, ClusterState.IN_PRODUCTION)))
                .isEqualTo(at(500, 600));
    }

    @Test
    void isTheSourcesWhenItLags() {
        assertThat(start(
                        control(300, 400, ClusterState.SHUT_DOWN_IN_RECOVERY),
                        control(700, 750, ClusterState.SHUT_DOWN)))
                .isEqualTo(at(300, 400));
    }

    @ParameterizedTest
    @EnumSource(
            value = ClusterState.class,
            names = {"SHUT_DOWN"},
            mode = EnumSource.Mode.EXCLUDE)
    void isTheTargetsWhenItLagsAndWasNotStoppedAsAPrimary(ClusterState state) {
        assertThat(start(control(800, 900, ClusterState.SHUT_DOWN), control(200, 250, state)))
                .isEqualTo(at(200, 250));
    }

    @Test
    void takesNoNoticeOfWhereAPrimaryThatWasStoppedCleanlyWouldStart() {
        assertThat(start(control(800, 900, ClusterState.SHUT_DOWN), control(200, 250, ClusterState.SHUT_DOWN)))
                .isEqualTo(at(500, 600));
    }

    @Test
    void isTheEarlierOfTwoThatLag() {
        ControlFile standby = control(300, 400, ClusterState.SHUT_DOWN_IN_RECOVERY);
        ControlFile older = control(200, 250, ClusterState.SHUT_DOWN_IN_RECOVERY);

        assertThat(start(standby, older)).isEqualTo(at(200, 250));
        assertThat(start(older, standby)).isEqualTo(at(200, 250));
    }
}
