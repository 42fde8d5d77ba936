package org.pgrewind4j.wal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;

class ControlFilePatchTest {

    private static final Lsn LSN = Lsn.parse("FEDCBA98/76543210");

    @ParameterizedTest
    @EnumSource
    void changesTheNamedFieldsAndTheCrcOnly(PostgresVersion version) {
        assertThat(patched(version, patch -> patch).toBytes()).isEqualTo(ControlFileFixture.bytes(version));

        ControlFile state = patched(version, patch -> patch.state(ClusterState.IN_ARCHIVE_RECOVERY));
        assertThat(state.state()).isSameAs(ClusterState.IN_ARCHIVE_RECOVERY);
        assertChanged(state, ControlFileField.STATE, 4);

        ControlFile time = patched(version, patch -> patch.time(Instant.parse("2038-01-19T03:14:08.9Z")));
        assertThat(time.time()).isEqualTo("2038-01-19T03:14:08Z");
        assertChanged(time, ControlFileField.TIME, 8);

        ControlFile checkPoint = patched(version, patch -> patch.checkPoint(LSN));
        assertThat(checkPoint.checkPoint()).isEqualTo(LSN);
        assertChanged(checkPoint, ControlFileField.CHECK_POINT, 8);

        ControlFile start = patched(version, patch -> patch.backupStartPoint(LSN));
        assertThat(start.backupStartPoint()).isEqualTo(LSN);
        assertChanged(start, ControlFileField.BACKUP_START_POINT, 8);

        ControlFile end = patched(version, patch -> patch.backupEndPoint(LSN));
        assertThat(end.backupEndPoint()).isEqualTo(LSN);
        assertChanged(end, ControlFileField.BACKUP_END_POINT, 8);

        ControlFile required = patched(version, ControlFilePatch::backupEndRequired);
        assertThat(required.backupEndRequired()).isTrue();
        assertChanged(required, ControlFileField.BACKUP_END_REQUIRED, 1);

        ControlFile hints = patched(version, ControlFilePatch::walLogHintsOff);
        assertThat(hints.walLogHints()).isFalse();
        assertChanged(hints, ControlFileField.WAL_LOG_HINTS, 1);
    }

    @ParameterizedTest
    @EnumSource
    void setsTheMinimumRecoveryPointWithItsTimeline(PostgresVersion version) {
        ControlFile file = patched(version, patch -> patch.minRecoveryPoint(LSN, new TimelineId(4294967295L)));

        assertThat(file.minRecoveryPoint()).isEqualTo(LSN);
        assertThat(file.minRecoveryPointTimeline()).contains(new TimelineId(4294967295L));
        assertChanged(file, ControlFileField.MIN_RECOVERY_POINT, 12);
    }

    @ParameterizedTest
    @EnumSource
    void takesTheWholeCheckpointOfAnotherFile(PostgresVersion version) {
        byte[] bytes = ControlFileFixture.bytes(version);
        int copy = ControlLayouts.controlFile(version).offset(ControlFileField.CHECK_POINT_COPY);
        for (int i = copy; i < copy + CheckPoint.size(version); i += 8) {
            // Something in every field, and in the gaps between fields too.
            bytes[i]++;
            bytes[i + 4]++;
        }
        byte[] withCrc = ControlFileFixture.withCrc(bytes, version);
        if (version.isAtLeast(PostgresVersion.V17)) {
            // wal_level cannot go up any more.
            withCrc[copy + 20] = 0;
            withCrc = ControlFileFixture.withCrc(withCrc, version);
        }
        ControlFile other = ControlFile.parse(withCrc).patch().checkPoint(LSN).build();

        ControlFile file = patched(version, patch -> patch.checkPointOf(other));

        assertThat(file.checkPoint()).isEqualTo(LSN);
        assertThat(file.checkPointCopy()).isEqualTo(other.checkPointCopy());
        assertThat(file.toBytes()).isEqualTo(other.toBytes());
    }

    @Test
    void refusesTheCheckpointOfAnotherRelease() {
        ControlFilePatch patch = ControlFileFixture.of(PostgresVersion.V13).patch();
        ControlFile other = ControlFileFixture.of(PostgresVersion.V14);

        assertThatThrownBy(() -> patch.checkPointOf(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot take the checkpoint of PostgreSQL 14 into a control file of PostgreSQL 13");
    }

    @Test
    void turnsFlagsBothWays() {
        ControlFile on = patched(
                        PostgresVersion.V12, patch -> patch.walLogHintsOff().backupEndRequired())
                .patch()
                .walLogHintsOn()
                .backupEndNotRequired()
                .build();

        assertThat(on.toBytes()).isEqualTo(ControlFileFixture.bytes(PostgresVersion.V12));
    }

    @Test
    void keepsBytesThatHaveNoName() {
        byte[] bytes = ControlFileFixture.bytes(PostgresVersion.V16);
        bytes[20] = 7;
        bytes[300] = 8;
        ControlFile file = ControlFile.parse(ControlFileFixture.withCrc(bytes, PostgresVersion.V16));

        byte[] patched = file.patch().state(ClusterState.STARTUP).build().toBytes();

        assertThat(patched[20]).isEqualTo((byte) 7);
        assertThat(patched[300]).isEqualTo((byte) 8);
    }

    @Test
    void leavesTheFileItStartedFrom() {
        ControlFile file = ControlFileFixture.of(PostgresVersion.V11);
        ControlFilePatch patch = file.patch().state(ClusterState.IN_PRODUCTION);
        ControlFile first = patch.build();
        patch.state(ClusterState.STARTUP).build();

        assertThat(file.toBytes()).isEqualTo(ControlFileFixture.bytes(PostgresVersion.V11));
        assertThat(first.state()).isSameAs(ClusterState.IN_PRODUCTION);
    }

    private static ControlFile patched(PostgresVersion version, UnaryOperator<ControlFilePatch> change) {
        return change.apply(ControlFileFixture.of(version).patch()).build();
    }

    private static void assertChanged(ControlFile file, ControlFileField field, int length) {
        byte[] before = ControlFileFixture.bytes(file.version());
        byte[] after = file.toBytes();
        int offset = ControlLayouts.controlFile(file.version()).offset(field);
        int crc = ControlFile.crcOffset(file.version());

        TreeSet<Integer> changed = IntStream.range(0, ControlFile.SIZE)
                .filter(i -> before[i] != after[i])
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));
        changed.removeIf(i -> i >= crc && i < crc + 4);

        assertThat(changed).isNotEmpty().allMatch(i -> i >= offset && i < offset + length);
    }
}
