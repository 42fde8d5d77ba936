package org.pgrewind4j.core.internal.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.core.ControlFileBytes;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.wal.PostgresVersion;

/** A backup on timeline 1 from 0/3000000 to 0/4000000, and which timelines of an archive lead on from there. */
class RecoveryReachTest {

    private static final RecoveryGoal STANDBY = RecoveryGoal.standby().option("restore_command", "cp");

    private static List<Problem> problems(RecoveryGoal goal, Map<Integer, String> archived) throws IOException {
        BackupFacts facts = new BackupFacts(
                "nightly",
                BackupFacts.BackupType.FULL,
                List.of(),
                PostgresVersion.V17,
                7,
                Lsn.parse("0/3000000"),
                Lsn.parse("0/4000000"),
                new TimelineId(1),
                new TimelineId(1),
                Instant.EPOCH,
                Instant.EPOCH,
                true,
                new BackupEntry.Attributes(0700, Optional.empty(), Optional.empty()),
                List.of(),
                List.of());
        Backup backup = (Backup) Proxy.newProxyInstance(
                Backup.class.getClassLoader(),
                new Class<?>[] {Backup.class},
                (proxy, method, arguments) -> method.getName().equals("facts") ? facts : history(arguments, archived));
        return new RecoveryReach(goal, backup, ControlFileBytes.stopped().build()).problems();
    }

    private static Optional<TimelineHistory> history(Object[] arguments, Map<Integer, String> archived) {
        TimelineId timeline = (TimelineId) arguments[1];
        return Optional.ofNullable(archived.get((int) timeline.value()))
                .map(content -> TimelineHistory.parse(timeline, content));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0/5000000 | nothing",
                "0/4000000 | nothing",
                "0/3800000 | it left the backup's timeline 1 at 0/3800000, before the backup was complete at 0/4000000",
                "0/3000000 | it left the backup's timeline 1 at 0/3000000, before the backup began at 0/3000000",
            })
    void refusesTheLatestTimelineThatLeftBeforeTheBackupWasComplete(String fork, String reason) throws IOException {
        Map<Integer, String> archived = Map.of(2, "1\t" + fork + "\tno recovery target specified\n");
        List<Problem> expected = reason.equals("nothing")
                ? List.of()
                : List.of(new Problem(
                        Kind.RECOVERY_TARGET_UNREACHABLE,
                        "recovery along the latest timeline, 2, is not possible from this backup: " + reason,
                        "restore another backup, or choose another timeline."));

        assertThat(problems(RecoveryGoal.end(), archived)).isEqualTo(expected);
        assertThat(problems(STANDBY, archived)).isEqualTo(expected);
        assertThat(problems(STANDBY.option("recovery_target_timeline", "latest"), archived))
                .isEqualTo(expected);
        // What is not to be followed need not be reached.
        assertThat(problems(STANDBY.timeline("current"), archived)).isEmpty();
        assertThat(problems(RecoveryGoal.immediate(), archived)).isEmpty();
        assertThat(problems(RecoveryGoal.preserve(), archived)).isEmpty();
        assertThat(problems(RecoveryGoal.none(), archived)).isEmpty();
        // It asks its primary, not the archive.
        assertThat(problems(RecoveryGoal.standby(), archived)).isEmpty();
    }

    /** A server stops counting at the first history file that is missing. */
    @Test
    void latestTimelineIsTheLastBeforeTheFirstGap() throws IOException {
        String before = "1\t0/2000000\tby accident\n";
        String behind = "1\t0/5000000\ton purpose\n";

        assertThat(problems(STANDBY, Map.of(3, before))).isEmpty();
        assertThat(problems(STANDBY, Map.of(2, behind, 4, before))).isEmpty();
        assertThat(problems(STANDBY, Map.of(2, behind, 3, before))).hasSize(1);
        assertThat(problems(STANDBY, Map.of(2, before, 3, behind))).isEmpty();
        assertThat(problems(STANDBY, Map.of(2, before, 3, before + "2\t0/6000000\tagain\n")))
                .extracting(Problem::message)
                .containsExactly("recovery along the latest timeline, 3, is not possible from this backup: it left the"
                        + " backup's timeline 1 at 0/2000000, before the backup began at 0/3000000");
    }

    @Test
    void refusesATimelineThatTheBackupsIsNotIn() throws IOException {
        Map<Integer, String> archived = Map.of(5, "4\t0/5000000\tof another branch\n");

        assertThat(problems(STANDBY.timeline("0x5"), archived))
                .extracting(Problem::message)
                .containsExactly(
                        "recovery along timeline 5 is not possible from this backup: the backup's timeline 1 is"
                                + " not in its history");
        assertThat(problems(STANDBY.timeline("6"), archived)).isEmpty();
    }
}
