package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.internal.apply.Resumption;
import org.pgrewind4j.core.internal.apply.Verifier;
import org.pgrewind4j.core.internal.execute.Execution;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** What real servers make of a target on which an execution died, and what the next one does with it. */
@Tag("server")
class ResumeTest {

    @TempDir
    static Path spaces;

    private static DivergedPair pair;
    private static PostgresServer target;
    private static TreeRestore restore;
    private static LocalDirectoryTransport source;
    private static RewindPlan plan;

    /** What an execution leaves that nothing disturbs. */
    private static Map<String, String> finished;

    @BeforeAll
    static void diverge() throws IOException {
        Path stays = Files.createDirectory(spaces.resolve("stays"));
        Path goes = Files.createDirectory(spaces.resolve("goes"));
        pair = EveryAction.pair(ServerRelease.of("17"), stays, goes);
        Path abandoned = Files.createDirectories(pair.target().dataDirectory().resolve("abandoned/deep"));
        Files.writeString(abandoned.resolve("file"), "x");
        Files.writeString(abandoned.resolve("other"), "y");
        Path added = Files.createDirectories(pair.source().dataDirectory().resolve("added/deep"));
        Files.writeString(added.resolve("file"), "z");
        Files.createFile(added.resolve("empty"));

        target = pair.target().copy();
        restore = new TreeRestore(pair.target().dataDirectory(), target.dataDirectory());
        source = LocalDirectoryTransport.open(pair.source().dataDirectory());
        plan = plan();
        Execution.execute(Plans.order(plan), FailingFiles.never(target.dataDirectory()));
        finished = contents();
        restore.restore();
    }

    private static RewindPlan plan() {
        return planOf(RewindListener.none());
    }

    private static RewindPlan planOf(RewindListener listener) {
        return Rewind.of(target.dataDirectory())
                .from(source)
                .listener(listener)
                .durability(Durability.NO_SYNC)
                .threads(1)
                .plan();
    }

    private static Map<String, String> contents() {
        return TreeState.withoutStaging(target.dataDirectory());
    }

    @AfterAll
    static void close() {
        source.close();
        target.close();
        pair.close();
    }

    @AfterEach
    void restoreTarget() throws IOException {
        target.kill();
        restore.restore();
    }

    @Test
    void planHasActionsOfAllKinds() {
        assertThat(plan.actions())
                .hasAtLeastOneElementOfType(FileAction.CreateDirectory.class)
                .hasAtLeastOneElementOfType(FileAction.CopyFile.class)
                .hasAtLeastOneElementOfType(FileAction.CopyRanges.class)
                .hasAtLeastOneElementOfType(FileAction.Truncate.class)
                .hasAtLeastOneElementOfType(FileAction.RemoveFile.class)
                .hasAtLeastOneElementOfType(FileAction.RemoveDirectory.class);
    }

    @Test
    void oldPrimaryStartsWhenStagingFailed() throws IOException {
        Path manifest = target.dataDirectory().resolve("pgrewind4j.staging/manifest");
        FailingFiles files = FailingFiles.before("move to " + manifest, target.dataDirectory());

        assertThatThrownBy(() -> Execution.execute(Plans.order(plan), files))
                .isInstanceOfSatisfying(
                        RewindException.class, e -> assertThat(e.targetState()).isEqualTo(TargetState.UNTOUCHED))
                .hasMessageMatching(
                        "the rewind of \"" + target.dataDirectory() + "\" failed: died at operation \\d+:" + " move to "
                                + manifest + "\nHINT: the target is untouched; remove the cause and rewind again.");

        target.start();
        assertThat(target.value("SELECT count(*) FROM t WHERE v = 'lost'")).isEqualTo("3");
        assertThat(target.value("SELECT count(*) FROM only_here")).isEqualTo("1");
        assertThat(target.value("SELECT count(*) FROM misplaced")).isEqualTo("100");
    }

    @Test
    void whatStagingLeftIsDroppedByTheNextExecution() throws IOException {
        dies(FailingFiles.before("move to " + path("pgrewind4j.staging/manifest"), target.dataDirectory()));
        assertThat(TreeState.contents(target.dataDirectory()).keySet())
                .contains("pgrewind4j.staging/blocks")
                .anyMatch(path -> path.matches("pg_tblspc/\\d+/pgrewind4j.staging/blocks"));

        assertThat(plan().verdict()).isEqualTo(Verdict.REWIND);
        Execution.execute(Plans.order(plan), FailingFiles.never(target.dataDirectory()));

        assertThat(TreeState.contents(target.dataDirectory())).isEqualTo(finished);
    }

    @Test
    void noServerStartsOnAHalfAppliedTargetAndTheNextPlanFinishesIt() throws IOException {
        FailingFiles files = FailingFiles.before("move to " + path("global/pg_control"), target.dataDirectory());
        assertThatThrownBy(() -> Execution.execute(Plans.order(plan), files))
                .isInstanceOfSatisfying(
                        RewindException.class, e -> assertThat(e.targetState()).isEqualTo(TargetState.RESUMABLE))
                .hasMessageEndingWith("\nHINT: the target is half applied and does not start; remove the cause and"
                        + " resume, which needs the source no longer.");

        assertThat(target.refusedStart())
                .contains("could not find the database system", "could not open file \"" + path("global/pg_control"));
        RewindPlan again = plan();
        assertThat(again.verdict()).isEqualTo(Verdict.RESUME);
        assertThat(again.actions()).isEmpty();
        assertThat(again.phases()).containsExactly(new ExpectedPhase(Phase.APPLY, 0));
        JsonSchemas.assertValid(again);
        RewindReport report = again.execute();
        JsonSchemas.assertValid(report);

        assertThat(report.verdict()).isEqualTo(Verdict.RESUME);
        assertThat(report.bytes()).isEqualTo(plan.bytes());
        assertThat(report.replayEnd()).isEqualTo(plan.replayEnd());
        assertThat(TreeState.contents(target.dataDirectory())).isEqualTo(finished);
        EveryAction.assertStandbyHasTheSourcesRows(pair, target);
    }

    @Test
    void targetThatWasStartedAfterTheSealIsPlannedAnew() throws IOException {
        dies(FailingFiles.before("move to " + path("pgrewind4j.staging/pg_control.aside"), target.dataDirectory()));
        assertThat(plan().verdict()).isEqualTo(Verdict.RESUME);
        target.start();
        target.execute("INSERT INTO t VALUES (9999, 'lost, too')");
        target.stop(StopMode.FAST);

        Map<String, String> before = contents();
        assertThat(Resumption.resume(
                        target.dataDirectory(), Durability.NO_SYNC, Verifier.of(Verify.NOTHING), RewindListener.none()))
                .isEmpty();
        assertThat(contents()).isEqualTo(before);
        assertThatThrownBy(plan::execute)
                .hasMessageContaining("a server was started on the target since the rewind was planned\n"
                        + "HINT: stop it and plan again.");
        RewindPlan anew = plan();
        assertThat(anew.verdict()).isEqualTo(Verdict.REWIND);
        anew.execute();

        assertThat(target.dataDirectory().resolve("pgrewind4j.staging")).doesNotExist();
        EveryAction.assertStandbyHasTheSourcesRows(pair, target);
    }

    @Test
    void serverThatIsStartedWhileItStagesKeepsTheTargetAsItIs() {
        RewindListener starter = new RewindListener() {
            @Override
            public void phaseStarted(Phase phase) {
                if (phase == Phase.STAGE) {
                    target.start();
                }
            }
        };
        RewindPlan plan = planOf(starter);

        assertThatThrownBy(plan::execute)
                .isInstanceOfSatisfying(
                        RewindException.class, e -> assertThat(e.targetState()).isEqualTo(TargetState.UNTOUCHED))
                .hasMessage(
                        "the rewind of \"" + target.dataDirectory() + "\" failed: a server was started on the target"
                                + " since the rewind was planned\nHINT: stop it and plan again."
                                + " The target is untouched; remove the cause and rewind again.");

        assertThat(target.value("SELECT count(*) FROM t WHERE v = 'lost'")).isEqualTo("3");
        assertThat(path("pgrewind4j.staging")).doesNotExist();
    }

    @Test
    void noServerStartsWhileItStages() {
        List<String> refusals = new ArrayList<>();
        RewindListener starter = new RewindListener() {
            @Override
            public void phaseStarted(Phase phase) {
                if (phase == Phase.STAGE) {
                    refusals.add(target.refusedStart());
                }
            }
        };

        planOf(starter).execute();

        assertThat(refusals).singleElement(STRING).contains("lock file \"postmaster.pid\" already exists");
        assertThat(path("postmaster.pid")).doesNotExist();
        assertThat(TreeState.contents(target.dataDirectory())).isEqualTo(finished);
    }

    @Test
    void sealedTargetThatRunsIsNotResumed() throws IOException {
        dies(FailingFiles.before("move to " + path("pgrewind4j.staging/pg_control.aside"), target.dataDirectory()));
        Process process = new ProcessBuilder("sleep", "600").start();
        try {
            Files.writeString(path("postmaster.pid"), process.pid() + "\n");

            assertThatThrownBy(() -> Rewind.resume(target.dataDirectory(), RewindListener.none()))
                    .hasMessageStartingWith("the rewind of \"" + target.dataDirectory()
                            + "\" failed: a server runs on the target\nHINT: stop it and plan again.");
        } finally {
            process.destroyForcibly();
        }
        assertThat(hasControlFile()).isTrue();
    }

    @Test
    void damagedManifestOfAnUntouchedTargetIsDropped() throws IOException {
        dies(FailingFiles.before("move to " + path("pgrewind4j.staging/pg_control.aside"), target.dataDirectory()));
        Files.writeString(path("pgrewind4j.staging/manifest"), "damaged");

        RewindPlan anew = plan();
        assertThat(anew.verdict()).isEqualTo(Verdict.REWIND);
        anew.execute();

        assertThat(TreeState.contents(target.dataDirectory())).isEqualTo(finished);
    }

    @Test
    void damagedStagedDataIsNotApplied() throws IOException {
        dies(FailingFiles.before("move to " + path("global/pg_control"), target.dataDirectory()));
        Path blocks = path("pgrewind4j.staging/blocks");
        byte[] bytes = Files.readAllBytes(blocks);
        bytes[100] ^= 1;
        Files.write(blocks, bytes);

        assertThatThrownBy(() -> Rewind.resume(target.dataDirectory(), RewindListener.none()))
                .isInstanceOfSatisfying(
                        RewindException.class, e -> assertThat(e.targetState()).isEqualTo(TargetState.RESUMABLE))
                .hasMessageContaining("staged data is damaged: \"" + blocks + "\": expected CRC ");

        bytes[100] ^= 1;
        Files.write(blocks, bytes);
        resumeWithoutSource();
        assertThat(TreeState.contents(target.dataDirectory())).isEqualTo(finished);
    }

    private static Path path(String inTarget) {
        return target.dataDirectory().resolve(inTarget);
    }

    private static boolean hasControlFile() {
        return Files.exists(DataPath.CONTROL_FILE.in(target.dataDirectory()));
    }

    private static String dies(FailingFiles files) {
        try {
            Execution.execute(Plans.order(plan), files);
            return "outlived";
        } catch (RewindException e) {
            return e.getMessage();
        }
    }

    private static void resumeWithoutSource() throws IOException {
        Path directory = pair.source().dataDirectory();
        Path away = directory.resolveSibling("away");
        Files.move(directory, away);
        try {
            assertThat(Resumption.resume(
                            target.dataDirectory(),
                            Durability.NO_SYNC,
                            Verifier.of(Verify.NOTHING),
                            RewindListener.none()))
                    .isPresent();
        } finally {
            Files.move(away, directory);
        }
    }
}
