package org.pgrewind4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalLevel;
import org.pgrewind4j.wal.control.ClusterFormat;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;

class ControlFileBuilderTest {

    @ParameterizedTest
    @EnumSource
    void setsEveryFieldInTheLayoutOfEachRelease(PostgresVersion version) {
        ControlFile file = ControlFileBuilder.of(version)
                .systemIdentifier(-5)
                .state(ClusterState.IN_ARCHIVE_RECOVERY)
                .time(Instant.ofEpochSecond(1_700_000_000))
                .checkPoint(Lsn.parse("2/60"), Lsn.parse("2/28"))
                .timeline(new TimelineId(4), new TimelineId(3))
                .withoutFullPageWrites()
                .nextTransaction((5L << 32) | 900)
                .minRecoveryPoint(Lsn.parse("2/100"), new TimelineId(4))
                .replayingBackupFrom(Lsn.parse("2/30"))
                .walLogHints()
                .dataChecksums()
                .walSegmentSize(1 << 20)
                .build();

        assertThat(file.version()).isEqualTo(version);
        assertThat(file.systemIdentifier()).isEqualTo(-5);
        assertThat(file.state()).isEqualTo(ClusterState.IN_ARCHIVE_RECOVERY);
        assertThat(file.time()).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
        assertThat(file.checkPoint()).isEqualTo(Lsn.parse("2/60"));
        assertThat(file.checkPointCopy().redo()).isEqualTo(Lsn.parse("2/28"));
        assertThat(file.checkPointCopy().timeline()).isEqualTo(new TimelineId(4));
        assertThat(file.checkPointCopy().previousTimeline()).isEqualTo(new TimelineId(3));
        assertThat(file.checkPointCopy().fullPageWrites()).isFalse();
        assertThat(file.checkPointCopy().nextXid()).isEqualTo((5L << 32) | 900);
        assertThat(file.checkPointCopy().time()).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
        assertThat(file.minRecoveryPoint()).isEqualTo(Lsn.parse("2/100"));
        assertThat(file.minRecoveryPointTimeline()).contains(new TimelineId(4));
        assertThat(file.backupStartPoint()).isEqualTo(Lsn.parse("2/30"));
        assertThat(file.backupEndPoint()).isEqualTo(Lsn.INVALID);
        assertThat(file.backupEndRequired()).isTrue();
        assertThat(file.settings().walLevel()).isEqualTo(WalLevel.REPLICA);
        assertThat(file.settings().maxConnections()).isEqualTo(100);
        assertThat(file.settings().maxLocksPerTransaction()).isEqualTo(64);
        assertThat(file.walLogHints()).isTrue();
        assertThat(file.hasDataChecksums()).isTrue();
        assertThat(file.format())
                .isEqualTo(new ClusterFormat(
                        8,
                        8192,
                        131_072,
                        8192,
                        1 << 20,
                        64,
                        32,
                        1996,
                        2048,
                        true,
                        version.isAtLeast(PostgresVersion.V13) ? null : true,
                        true,
                        1,
                        version.isAtLeast(PostgresVersion.V18) ? true : null));
    }

    @ParameterizedTest
    @EnumSource
    void startsAsAFreshClusterThatWasStoppedCleanly(PostgresVersion version) {
        ControlFile file = ControlFileBuilder.of(version).build();

        assertThat(file.state()).isEqualTo(ClusterState.SHUT_DOWN);
        assertThat(file.checkPoint()).isEqualTo(file.checkPointCopy().redo());
        assertThat(file.minRecoveryPoint()).isEqualTo(Lsn.INVALID);
        assertThat(file.minRecoveryPointTimeline()).isEmpty();
        assertThat(file.backupEndRequired()).isFalse();
        assertThat(file.walLogHints()).isFalse();
        assertThat(file.hasDataChecksums()).isFalse();
        assertThat(file.walSegmentSize()).isEqualTo(16 << 20);
    }
}
