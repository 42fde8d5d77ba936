package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.internal.area.TargetLock;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.wal.control.ControlFile;

/** A target in which someone put something else in a file's place after the plan was made. */
@Tag("server")
class BrokenTargetTest {

    @TempDir
    static Path folder;

    private static ThinPair pair;
    private static Map<String, String> finished;

    private final Path kept = folder.resolve("kept");
    private final Path precious = folder.resolve("precious");
    private RewindPlan plan;

    /** A relation file of which blocks are copied. */
    private Path relation;

    @BeforeAll
    static void diverge() throws IOException {
        pair = ThinPair.in(folder);
        pair.restore();
        pair.plan().execute();
        finished = TreeState.contents(pair.target());
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    @BeforeEach
    void restore() throws IOException {
        pair.restore();
        plan = pair.plan();
        relation = plan.actions().stream()
                .filter(action -> action instanceof FileAction.CopyRanges)
                .map(action -> action.path().in(pair.target()))
                .findFirst()
                .orElseThrow();
        Files.writeString(precious, "precious");
    }

    private void assertResumableOnceRepaired() throws IOException {
        RewindException failure = catchThrowableOfType(RewindException.class, plan::execute);
        assertThat(failure.targetState()).isEqualTo(TargetState.RESUMABLE);
        assertThat(precious).hasContent("precious");
        assertThat(pair.plan().verdict()).isEqualTo(Verdict.RESUME);

        Files.delete(relation);
        Files.move(kept, relation);
        assertThat(Rewind.resume(pair.target(), RewindListener.none())).isPresent();
        assertThat(TreeState.contents(pair.target())).isEqualTo(finished);
    }

    @Test
    void linkInAFilesPlaceIsNotWrittenThrough() throws IOException {
        Files.move(relation, kept);
        Files.createSymbolicLink(relation, precious);

        assertResumableOnceRepaired();
    }

    @Test
    void directoryInAFilesPlaceIsNotRemoved() throws IOException {
        Files.move(relation, kept);
        Files.createDirectory(relation);

        assertResumableOnceRepaired();
    }

    @Test
    void fileThatCannotBeWrittenIsDoneWhenItCan() throws IOException {
        try (ReadOnlyPath readOnly = ReadOnlyPath.of(relation)) {
            assertThat(readOnly).isNotNull();
            RewindException failure = catchThrowableOfType(RewindException.class, plan::execute);
            assertThat(failure.targetState()).isEqualTo(TargetState.RESUMABLE);
        }
        assertThat(Rewind.resume(pair.target(), RewindListener.none())).isPresent();
        assertThat(TreeState.contents(pair.target())).isEqualTo(finished);
    }

    @Test
    void targetThatCannotBeWrittenStaysAsItIs() throws IOException {
        Map<String, String> untouched = TreeState.contents(pair.target());
        try (ReadOnlyPath readOnly = ReadOnlyPath.of(pair.target())) {
            assertThat(readOnly).isNotNull();
            RewindException failure = catchThrowableOfType(RewindException.class, plan::execute);
            assertThat(failure.targetState()).isEqualTo(TargetState.UNTOUCHED);
        }
        assertThat(TreeState.contents(pair.target())).isEqualTo(untouched);
    }

    private static Path target() {
        return pair.target();
    }

    @Test
    void planIsExecutedOnce() {
        plan.execute();

        Experience.of(plan::execute).isOf(Kind.PLAN_EXECUTED, Side.TARGET, target().toString());
        assertThatThrownBy(plan::execute)
                .hasMessage("the plan for \"" + target() + "\" was executed before\n"
                        + "HINT: plan again to see whether anything is left to do."
                        + " The target is untouched; remove the cause and rewind again.");
        assertThat(TreeState.contents(target())).isEqualTo(finished);
    }

    @Test
    void rewindThatIsAtWorkKeepsOthersOff() throws IOException {
        try (TargetLock lock = TargetLock.acquire(target(), LocalFileOperations.on(target(), Durability.NO_SYNC))) {
            assertThat(lock).isNotNull();
            Experience.of(plan::execute).isOf(Kind.REWIND_AT_WORK, Side.TARGET, target().toString());
            Experience.of(() -> Rewind.resume(target(), RewindListener.none()))
                    .isOf(Kind.REWIND_AT_WORK, Side.TARGET, target().toString());
        }
    }

    @Test
    void targetThatChangedOrWentAwaySinceThePlanIsNotTouched() throws IOException {
        Path controlFile = target().resolve("global/pg_control");
        Files.write(
                controlFile,
                ControlFile.parse(Files.readAllBytes(controlFile))
                        .patch()
                        .time(Instant.EPOCH)
                        .build()
                        .toBytes());
        Experience.of(plan::execute).isOf(Kind.TARGET_CHANGED, Side.TARGET, target().toString());

        Path away = target().resolveSibling("away");
        Files.move(target(), away);
        Experience.of(plan::execute).isOf(Kind.TARGET_MISSING, Side.TARGET, target().toString());
        Files.move(away, target());
    }

    @Test
    void linkInTheStagingAreasPlaceIsNotFollowed() throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("file"), "not staged");
        Files.createSymbolicLink(pair.target().resolve("pgrewind4j.staging"), elsewhere);

        assertThatThrownBy(plan::execute)
                .isInstanceOf(RewindException.class)
                .hasMessageContaining(
                        pair.target().resolve("pgrewind4j.staging").toString());
        assertThatThrownBy(pair::plan).isInstanceOf(PgRewindException.class);
        assertThat(elsewhere.resolve("file")).hasContent("not staged");
        Files.delete(pair.target().resolve("pgrewind4j.staging"));
    }
}
