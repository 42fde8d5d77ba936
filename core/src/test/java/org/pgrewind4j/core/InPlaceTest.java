package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.internal.area.ControlFileAside;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.OverwrittenBlocks;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.execute.Execution;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** An execution that overwrites blocks in place, on real servers: undisturbed, interrupted, and what may follow that. */
@Tag("server")
class InPlaceTest {

    @TempDir
    static Path spaces;

    private static DivergedPair pair;
    private static PostgresServer target;
    private static TreeRestore restore;
    private static LocalDirectoryTransport source;

    @BeforeAll
    static void diverge() throws IOException {
        pair = EveryAction.pair(
                ServerRelease.of("17"),
                Files.createDirectory(spaces.resolve("stays")),
                Files.createDirectory(spaces.resolve("goes")));
        target = pair.target().copy();
        restore = new TreeRestore(pair.target().dataDirectory(), target.dataDirectory());
        source = LocalDirectoryTransport.open(pair.source().dataDirectory());
    }

    @AfterAll
    static void close() {
        source.close();
        target.close();
        pair.close();
    }

    @AfterEach
    void restore() throws IOException {
        target.kill();
        restore.restore();
    }

    private static Rewind rewind() {
        return Rewind.of(target.dataDirectory())
                .from(source)
                .copyMode(CopyMode.IN_PLACE)
                .verify(Verify.RESULT)
                .durability(Durability.NO_SYNC);
    }

    private static Path path(String inTarget) {
        return target.dataDirectory().resolve(inTarget);
    }

    /** Leaves the target as an execution does that dies when its blocks are overwritten and nothing is sealed. */
    private static void interrupt(Rewind rewind) throws IOException {
        RewindPlan plan = rewind.plan();
        FailingFiles files =
                FailingFiles.before("move to " + path("pgrewind4j.staging/manifest"), target.dataDirectory());
        assertThatThrownBy(() -> Execution.execute(Plans.order(plan), files))
                .isInstanceOfSatisfying(
                        RewindException.class, e -> assertThat(e.targetState()).isEqualTo(TargetState.NEEDS_SOURCE))
                .hasMessageEndingWith(
                        "\nHINT: blocks of the target are overwritten and it does not start; remove the cause"
                                + " and rewind again, from this source or one that shares as much of its history.");
    }

    @Test
    void changedBlocksAreNotStagedAndAllElseIs() throws IOException {
        RewindPlan plan = rewind().plan();
        List<Long> staged = new ArrayList<>();
        RewindListener listener = new RewindListener() {
            @Override
            public void phaseStarted(Phase phase) {
                if (phase == Phase.SEAL) {
                    Path blocks = path("pgrewind4j.staging/blocks");
                    staged.add(blocks.toFile().length());
                }
            }
        };

        RewindReport report = rewind().listener(listener).plan().execute();

        assertThat(plan.verdict()).isEqualTo(Verdict.REWIND);
        assertThat(report.bytes()).isEqualTo(plan.bytes());
        assertThat(report.verification().orElseThrow().pages())
                .isGreaterThanOrEqualTo(plan.bytes().blocks());
        // The end of the table that grew; the blocks of the others were there.
        assertThat(staged)
                .singleElement()
                .satisfies(bytes ->
                        assertThat(bytes).isPositive().isLessThan(plan.bytes().blockBytes()));
        EveryAction.assertStandbyHasTheSourcesRows(pair, target);
    }

    @Test
    void interruptedOneDoesNotStartAndIsMadeWholeByAnotherRewind() throws IOException {
        interrupt(rewind());

        assertThat(target.refusedStart()).contains("could not open file \"" + path("global/pg_control"));
        assertThat(Rewind.status(target.dataDirectory()))
                .hasValueSatisfying(status -> assertThat(status.state()).isEqualTo(RewindStatus.State.OVERWRITING));
        assertThatThrownBy(() -> Rewind.resume(target.dataDirectory(), RewindListener.none()))
                .isInstanceOfSatisfying(
                        RewindException.class, e -> assertThat(e.targetState()).isEqualTo(TargetState.NEEDS_SOURCE))
                .hasMessageContaining("failed: an execution in place was interrupted before its seal\nHINT: ");
        RewindReport report = rewind().plan().execute();

        assertThat(report.verdict()).isEqualTo(Verdict.REWIND);
        assertThat(path("pgrewind4j.staging")).doesNotExist();
        EveryAction.assertStandbyHasTheSourcesRows(pair, target);
    }

    @Test
    void interruptedOneIsMadeWholeByAStagedRewindThatDiesOnTheWayToo() throws IOException {
        interrupt(rewind());
        interrupt(rewind().copyMode(CopyMode.STAGED));

        rewind().copyMode(CopyMode.STAGED).plan().execute();

        EveryAction.assertStandbyHasTheSourcesRows(pair, target);
    }

    /** An execution that would have copied them all can be interrupted as well, before it came to them. */
    private static void note(List<CopyRanges> blocks, RewindPlan plan, StagingArea area, FileOperations files)
            throws IOException {
        Manifest about = Plans.order(plan).manifest(plan.replayEnd().orElseThrow(), blocks, area);
        OverwrittenBlocks.note(blocks, about, area, files);
    }

    @Test
    void whatWasOverwrittenStaysNotedWhenTheNextOneOverwritesOtherBlocks() throws IOException {
        RewindPlan plan = rewind().plan();
        List<CopyRanges> blocks = plan.actions().stream()
                .filter(CopyRanges.class::isInstance)
                .map(CopyRanges.class::cast)
                .toList();
        FileOperations files = new LocalFileOperations(target.dataDirectory(), Durability.NO_SYNC);
        StagingArea area =
                new StagingArea(target.dataDirectory(), Plans.facts(plan).links());
        area.create(files);
        note(blocks.subList(0, 1), plan, area, files);
        ControlFileAside.move(
                area,
                files,
                Manifest.fingerprint(Plans.facts(plan).targetControl().toBytes()));
        note(blocks.subList(1, 2), plan, area, files);

        assertThat(OverwrittenBlocks.keptBy(List.copyOf(blocks.subList(0, 2)), area))
                .isEmpty();
        assertThat(OverwrittenBlocks.keptBy(List.copyOf(blocks.subList(0, 1)), area))
                .isPresent();
        assertThat(OverwrittenBlocks.keptBy(List.copyOf(blocks.subList(1, 2)), area))
                .isPresent();
    }

    @Test
    void blockThatWasDamagedInPlaceAfterTheSealIsNotTakenForGood() throws IOException {
        RewindPlan plan = rewind().plan();
        FailingFiles files = FailingFiles.before("move to " + path("global/pg_control"), target.dataDirectory());
        assertThatThrownBy(() -> Execution.execute(Plans.order(plan), files))
                .isInstanceOfSatisfying(
                        RewindException.class, e -> assertThat(e.targetState()).isEqualTo(TargetState.RESUMABLE));
        // The first of these files has a block that was overwritten, the first one.
        Path file = plan.actions().stream()
                .filter(action -> action instanceof CopyRanges copy
                        && copy.ranges().get(0).offset() == 0)
                .map(action -> path(action.path().toString()))
                .findFirst()
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(file);
        bytes[100] ^= 1;
        Files.write(file, bytes);

        assertThatThrownBy(() -> Rewind.resume(target.dataDirectory(), RewindListener.none()))
                .hasMessageContaining("damaged: \"" + file + "\": expected CRC ");
        bytes[100] ^= 1;
        Files.write(file, bytes);
        assertThat(Rewind.resume(target.dataDirectory(), RewindListener.none())).isPresent();
        EveryAction.assertStandbyHasTheSourcesRows(pair, target);
    }

    @Test
    void rewindThatWouldLeaveOverwrittenBlocksIsRefused() throws IOException {
        RewindPlan before = rewind().plan();
        interrupt(rewind().blockSelection(BlockSelection.SINCE_CHECKPOINT));

        RewindPlan minimal = rewind().plan();

        assertThat(minimal.verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(minimal.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.INTERRUPTED_IN_PLACE);
            assertThat(problem.message())
                    .matches(
                            "an execution in place was interrupted, and this rewind would not copy all that it overwrote:"
                                    + " \"[^\"]+\" from byte \\d+ to \\d+");
            assertThat(problem.cure()).startsWith("rewind again with the same block selection");
        });
        assertThatThrownBy(before::execute)
                .isInstanceOfSatisfying(
                        RewindException.class, e -> assertThat(e.targetState()).isEqualTo(TargetState.NEEDS_SOURCE))
                .hasMessageContaining("an execution in place was interrupted");
        rewind().blockSelection(BlockSelection.SINCE_CHECKPOINT).plan().execute();
        EveryAction.assertStandbyHasTheSourcesRows(pair, target);
    }
}
