package org.pgrewind4j.core.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.ControlFileBytes;
import org.pgrewind4j.core.FailingFiles;
import org.pgrewind4j.core.JsonSchemas;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.core.TablespacePolicy;
import org.pgrewind4j.core.ThinPair;
import org.pgrewind4j.core.TreeState;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.internal.execute.Execution;
import org.pgrewind4j.core.internal.restore.PlannedRestore;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BaseBackup;

/** What a restore refuses, all at once, and leaves the target as it is. */
@Tag("server")
class DeltaRestoreRefusalTest {

    @TempDir
    static Path made;

    private static ThinPair pair;
    private static Backup backup;

    @BeforeAll
    static void makeBackup() throws IOException {
        pair = ThinPair.in(made);
        backup = BaseBackup.open(made.resolve("source/data"));
    }

    @AfterAll
    static void close() throws IOException {
        backup.close();
        pair.close();
    }

    @BeforeEach
    void restore() throws IOException {
        pair.restore();
    }

    private static List<Problem> problems(DeltaRestore delta, Path target) {
        Map<String, String> before = Files.exists(target) ? TreeState.contents(target) : Map.of();
        RestorePlan plan = delta.plan();
        assertThat(plan.verdict()).isEqualTo(RestoreVerdict.REFUSED);
        JsonSchemas.assertValid(plan);
        assertThatThrownBy(plan::execute).isInstanceOf(RewindRefusedException.class);
        assertThat(Files.exists(target) ? TreeState.contents(target) : Map.of()).isEqualTo(before);
        return plan.problems();
    }

    private static List<Problem> problems() throws IOException {
        return problems(pair.restore(backup), pair.target());
    }

    @Test
    void refusesADirectoryThatHoldsSomethingElse(@TempDir Path home) throws IOException {
        Files.writeString(home.resolve("letter.txt"), "dear");

        for (Replaceable replaceable : Replaceable.values()) {
            DeltaRestore delta = DeltaRestore.of(home)
                    .from(backup)
                    .newTablespaces(TablespacePolicy.anywhere())
                    .replacing(replaceable);

            assertThat(problems(delta, home).stream()
                            .filter(problem -> problem.kind() != Kind.TABLESPACE_LOCATION_IN_USE))
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.kind()).isEqualTo(Kind.TARGET_NOT_A_CLUSTER);
                        assertThat(problem.message())
                                .isEqualTo("\"" + home
                                        + "\" holds files and is no data directory: it has no \"PG_VERSION\"");
                    });
        }
    }

    @Test
    void refusesAnotherReleaseWhoseControlFileIsNotUnderstood() throws IOException {
        Files.write(DataPath.CONTROL_FILE.in(pair.target()), new byte[8192]);
        Files.writeString(pair.target().resolve("PG_VERSION"), "99\n");

        assertThat(pair.restore(backup).plan().problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Kind.DIFFERENT_RELEASE);
            assertThat(problem.message()).endsWith(", found 99");
        });
        assertThat(pair.restore(backup)
                        .replacing(Replaceable.ANY_CLUSTER)
                        .plan()
                        .verdict())
                .isEqualTo(RestoreVerdict.RESTORE);
    }

    @Test
    void refusesAnotherClusterUnlessAnyMayBeReplaced() throws IOException {
        Path path = DataPath.CONTROL_FILE.in(pair.target());
        Files.write(path, ControlFileBytes.stopped().systemIdentifier(8).build().toBytes());

        assertThat(problems()).extracting(Problem::kind).containsExactly(Kind.DIFFERENT_SYSTEM);

        assertThat(pair.restore(backup)
                        .replacing(Replaceable.ANY_CLUSTER)
                        .plan()
                        .verdict())
                .isEqualTo(RestoreVerdict.RESTORE);
    }

    /** Where replay starts is nowhere else. */
    @Test
    void noRewindStartsFromABackupWhoseLabelIsCut() throws IOException {
        Path label = made.resolve("source/data/backup_label");
        Files.writeString(label, "START WAL LOCATION: 0/5000028 (file 000000020000000000000005)\nLABEL: nightly\n");
        try (Backup online = BaseBackup.open(label.getParent())) {
            RewindPlan plan = Rewind.of(pair.target())
                    .from(online)
                    .newTablespaces(TablespacePolicy.anywhere())
                    .plan();

            assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(plan.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Kind.SOURCE_UNUSABLE);
                assertThat(problem.message())
                        .isEqualTo("base backup \"" + label.getParent()
                                + "\": expected \"CHECKPOINT LOCATION\" in \"backup_label\", found none");
            });
        } finally {
            Files.delete(label);
        }
    }

    @Test
    void refusesATargetThatAServerRunsOn() throws IOException {
        // Empty while a server is just starting.
        Files.createFile(pair.target().resolve("postmaster.pid"));

        assertThat(problems()).extracting(Problem::kind).containsExactly(Kind.TARGET_RUNNING);
    }

    @Test
    void refusesTablespacesThatNobodyPlacedAndThoseThatTheBackupLacks() {
        DeltaRestore delta = DeltaRestore.of(pair.target()).from(backup).mapTablespace("no such", Path.of("/nowhere"));

        assertThat(problems(delta, pair.target()))
                .extracting(Problem::kind)
                .contains(Kind.NEW_TABLESPACE_LOCATION, Kind.UNKNOWN_TABLESPACE);
    }

    @Test
    void refusesATablespaceInTheDataDirectory() {
        DeltaRestore delta = DeltaRestore.of(pair.target())
                .from(backup)
                .mapTablespaces(pair.target().resolve("inside"));

        assertThat(problems(delta, pair.target()))
                .extracting(Problem::kind)
                .containsOnly(Kind.TABLESPACE_LOCATION_IN_USE);
    }

    @Test
    void refusesARecoveryThatCannotArrive() throws IOException {
        DeltaRestore delta = pair.restore(backup)
                .recovery(RecoveryGoal.lsn(Lsn.parse("0/28")).timeline("1").option("standby_mode", "on"));

        assertThat(problems(delta, pair.target()))
                .extracting(Problem::kind)
                .containsExactlyInAnyOrder(
                        Kind.RECOVERY_TARGET_UNREACHABLE, Kind.RECOVERY_TARGET_UNREACHABLE, Kind.RECOVERY_SETTINGS);
    }

    @Test
    void finishesAnInterruptedRestoreOfTheSameBackupOnly() throws IOException {
        PlannedRestore plan = (PlannedRestore) pair.restore(backup).plan();
        FailingFiles dying = FailingFiles.before("move to " + DataPath.CONTROL_FILE.in(pair.target()), pair.target());
        assertThatThrownBy(() -> Execution.execute(plan.order(), dying))
                .isInstanceOf(RewindException.class)
                .hasMessageStartingWith("the restore of \"" + pair.target() + "\" failed: ");

        RestorePlan again = pair.restore(backup).plan();
        assertThat(again.verdict()).isEqualTo(RestoreVerdict.RESUME);
        try (Backup other = BaseBackup.open(made.resolve("pristine/data"))) {
            RestorePlan refused = DeltaRestore.of(pair.target()).from(other).plan();
            assertThat(refused.problems()).extracting(Problem::kind).containsExactly(Kind.OTHER_REWIND_INTERRUPTED);
        }

        DeltaRestore otherGoal = pair.restore(backup).recovery(RecoveryGoal.immediate());
        assertThat(otherGoal.plan().problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Kind.OTHER_REWIND_INTERRUPTED);
            assertThat(problem.message()).endsWith(", with other recovery settings or locations of tablespaces");
        });

        assertThat(again.execute().verdict()).isEqualTo(RestoreVerdict.RESUME);
        assertThat(pair.restore(backup).plan().kept().files()).isNotNegative();
    }
}
