package org.pgrewind4j.transport.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.testkit.ControlFileBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.control.ClusterState;

/** A copy of a standby's data directory that was made while it was stopped. */
class StoppedBackupTest {

    private static final Lsn REPLAYED = Lsn.parse("0/1800000");

    @TempDir
    Path folder;

    private Path control;

    private ControlFileBuilder standby() {
        return ControlFileBuilder.of(PostgresVersion.V17)
                .state(ClusterState.SHUT_DOWN_IN_RECOVERY)
                .minRecoveryPoint(REPLAYED, new TimelineId(1));
    }

    private Backup open() throws IOException {
        Files.writeString(folder.resolve("PG_VERSION"), "17\n");
        control = Files.createDirectory(folder.resolve("global")).resolve("pg_control");
        Files.write(control, standby().build().toBytes());
        return BaseBackup.open(folder);
    }

    @Test
    void isReadUpToWhatTheStandbyHadReplayed() throws IOException {
        try (Backup backup = open()) {
            assertThat(backup.mode()).isEqualTo(SourceMode.STOPPED);
            assertThat(backup.replayEnd().lsn()).isEqualTo(REPLAYED);
            assertThat(backup.replayEnd().timeline()).isEqualTo(new TimelineId(1));
        }
    }

    @Test
    void refusesOneThatWasStartedMeanwhile() throws IOException {
        try (Backup backup = open()) {
            Files.write(
                    control,
                    standby().state(ClusterState.IN_ARCHIVE_RECOVERY).build().toBytes());

            assertThatThrownBy(backup::replayEnd).isInstanceOf(SourceChangedException.class);
        }
    }
}
