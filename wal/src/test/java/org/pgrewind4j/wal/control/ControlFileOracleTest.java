package org.pgrewind4j.wal.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;

/** What is read from a control file is what {@code pg_controldata} prints, line by line. */
@Tag("server")
class ControlFileOracleTest {

    private static final ServerRelease RELEASE = ServerRelease.of("15");

    private static final List<ControlFileField> GREAT_NUMBERS = List.of(
            ControlFileField.UNLOGGED_LSN,
            ControlFileField.MAX_CONNECTIONS,
            ControlFileField.MAX_WORKER_PROCESSES,
            ControlFileField.MAX_WAL_SENDERS,
            ControlFileField.MAX_PREPARED_TRANSACTIONS,
            ControlFileField.MAX_LOCKS_PER_TRANSACTION,
            ControlFileField.MAX_ALIGNMENT,
            ControlFileField.RELATION_SEGMENT_BLOCKS,
            ControlFileField.IDENTIFIER_LENGTH,
            ControlFileField.INDEX_COLUMNS,
            ControlFileField.TOAST_CHUNK_SIZE,
            ControlFileField.LARGE_OBJECT_CHUNK_SIZE,
            ControlFileField.DATA_CHECKSUM_VERSION);

    private final Oracle oracle = Oracle.require();

    @TempDir
    Path directory;

    @Test
    void agreesOnAPairThroughItsLife() throws IOException {
        try (Failover failover = Failover.of(PostgresServer.builder(RELEASE)
                .withChecksums()
                .walSegmentMegabytes(1)
                .setting("wal_log_hints", "on")
                .setting("track_commit_timestamp", "on")
                .setting("full_page_writes", "off")
                .build())) {
            PostgresServer primary = failover.primary();
            PostgresServer standby = failover.standby();
            primary.execute(
                    "CREATE UNLOGGED TABLE u (id int)", "CREATE TABLE t AS SELECT generate_series(1, 1000) AS id");
            primary.checkpoint();
            assertAgrees(primary, ClusterState.IN_PRODUCTION);
            standby.catchUpWith(primary);
            standby.checkpoint();
            assertThat(assertAgrees(standby, ClusterState.IN_ARCHIVE_RECOVERY).minRecoveryPoint())
                    .isGreaterThan(Lsn.INVALID);
            standby.stop(StopMode.FAST);
            assertAgrees(standby, ClusterState.SHUT_DOWN_IN_RECOVERY);
            standby.start();
            failover.promoteStandby().checkpoint();
            assertThat(assertAgrees(standby, ClusterState.IN_PRODUCTION)
                            .checkPointCopy()
                            .timeline())
                    .isEqualTo(new TimelineId(2));
            standby.kill();
            assertAgrees(standby, ClusterState.IN_PRODUCTION);
            primary.stop(StopMode.FAST);
            assertAgrees(primary, ClusterState.SHUT_DOWN);
        }
    }

    @Test
    void agreesOnANewClusterWithoutChecksums() throws IOException {
        try (PostgresServer server = PostgresServer.builder(RELEASE)
                .withoutChecksums()
                .walSegmentMegabytes(64)
                .build()) {
            server.initialize();
            ControlFile file = assertAgrees(server, ClusterState.SHUT_DOWN);
            assertThat(file.hasDataChecksums()).isFalse();
            assertThat(file.walSegmentSize()).isEqualTo(64 * 1024 * 1024);
        }
    }

    @Test
    void agreesOnPatchedFiles() throws IOException {
        ControlFile original = ControlFileFixture.of(PostgresVersion.V15);
        ControlFile backup = original.patch()
                .state(ClusterState.IN_ARCHIVE_RECOVERY)
                .time(Instant.parse("2001-02-03T04:05:06Z"))
                .minRecoveryPoint(Lsn.parse("16/B374D848"), new TimelineId(4294967295L))
                .backupStartPoint(Lsn.parse("FFFFFFFF/FFFFFFFF"))
                .backupEndPoint(Lsn.parse("1/0"))
                .backupEndRequired()
                .walLogHintsOff()
                .build();
        assertAgrees(backup, ClusterState.IN_ARCHIVE_RECOVERY);
        assertAgrees(original.patch().checkPointOf(backup).build(), ClusterState.SHUT_DOWN);
        for (ClusterState state : ClusterState.values()) {
            assertAgrees(original.patch().state(state).build(), state);
        }
    }

    /** Numbers that no short-lived server writes: great ones, with every bit of them. */
    @Test
    void agreesOnGreatNumbers() throws IOException {
        StructLayout<ControlFileField> layout = ControlLayouts.controlFile(PostgresVersion.V15);
        StructLayout<CheckPointField> checkPoint = ControlLayouts.checkPoint(PostgresVersion.V15);
        byte[] bytes = ControlFileFixture.bytes(PostgresVersion.V15);
        ByteBuffer buffer = ControlFile.littleEndian(bytes);
        buffer.putLong(0, 0xFEDCBA9876543210L);
        int digits = 0x81828384;
        for (CheckPointField field : CheckPointField.values()) {
            if (checkPoint.has(field) && field.size(PostgresVersion.V15) >= 4 && field != CheckPointField.TIME) {
                int position = layout.offset(ControlFileField.CHECK_POINT_COPY) + checkPoint.offset(field);
                buffer.putInt(position, digits++);
            }
        }
        for (ControlFileField field : GREAT_NUMBERS) {
            buffer.putInt(layout.offset(field), digits++ & 0x7FFFFFFF);
        }
        assertAgrees(ControlFile.parse(ControlFileFixture.withCrc(bytes, PostgresVersion.V15)), ClusterState.SHUT_DOWN);
    }

    private ControlFile assertAgrees(PostgresServer server, ClusterState state) throws IOException {
        byte[] bytes = Files.readAllBytes(server.dataDirectory().resolve("global/pg_control"));
        return assertAgrees(ControlFile.parse(bytes), state);
    }

    private ControlFile assertAgrees(ControlFile file, ClusterState state) throws IOException {
        Path copy = Files.createDirectories(directory.resolve("global")).resolve("pg_control");
        Files.write(copy, file.toBytes());
        CommandResult result = oracle.run("pg_controldata", "-D", directory.toString());

        assertThat(result.stderr()).isEmpty();
        assertThat(result.stdout().lines().toList()).isEqualTo(ControlFileText.lines(file));
        assertThat(file.state()).isSameAs(state);
        return file;
    }
}
