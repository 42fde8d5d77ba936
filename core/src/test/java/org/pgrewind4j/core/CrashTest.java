package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.internal.apply.Resumption;
import org.pgrewind4j.core.internal.apply.Verifier;
import org.pgrewind4j.core.internal.area.OwnNames;
import org.pgrewind4j.core.internal.area.SealedRewind;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.execute.Execution;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.transport.DataPath;

/**
 * A rewind that dies before or in any one of its file operations, its machine with it or not, on a disk that then forgets
 * what it may: the target is the old one still, or it cannot be started and is completed without the source, or it is
 * done. So is what a resume leaves that dies, and the resume after that. In place there is a fourth state: it cannot be
 * started, and is completed with the source.
 *
 * <p>{@code -Dpgrewind4j.test.crashes=100} lets each operation be the last so often, every second time with a crash of the
 * machine, each of which forgets something else.
 */
@Tag("server")
class CrashTest {

    private static final int CRASHES = Integer.getInteger("pgrewind4j.test.crashes", 1);

    /** So many crashes forget a seal that is not durable, but not what was done then. */
    private static final int SEALED = 40;

    private static final Logger LOG = Logger.getLogger("org.pgrewind4j");

    @TempDir
    Path folder;

    private ThinPair pair;
    private CopyMode mode;
    private RewindPlan plan;
    private byte[] oldControlFile;
    private Map<String, String> untouched;
    private Map<String, String> finished;
    private int operations;
    private ForgetfulDisk disk;

    @BeforeEach
    void diverge() throws IOException {
        LOG.setLevel(Level.SEVERE);
        pair = ThinPair.in(folder);
    }

    @AfterEach
    void close() {
        LOG.setLevel(null);
        pair.close();
    }

    private void prepare(CopyMode copyMode) throws IOException {
        mode = copyMode;
        pair.restore();
        prepare(pair.plan(mode));
    }

    private void prepare(RewindPlan planned) throws IOException {
        plan = planned;
        assertThat(plan.problems()).isEmpty();
        oldControlFile = Files.readAllBytes(controlFile());
        untouched = contents();
        FailingFiles counting = FailingFiles.at(Integer.MAX_VALUE, newDisk(Set.of()));
        Execution.execute(Plans.order(plan), counting);
        operations = counting.count();
        finished = contents();
        assertThat(TreeState.contents(pair.target())).isEqualTo(finished);
    }

    private ForgetfulDisk newDisk(Set<String> fileSystems) throws IOException {
        return new ForgetfulDisk(pair.base(), fileSystems);
    }

    private Path controlFile() {
        return DataPath.CONTROL_FILE.in(pair.target());
    }

    private Map<String, String> contents() {
        return TreeState.withoutStaging(pair.target());
    }

    @Test
    void targetIsNeverWorseOff() throws IOException {
        prepare(CopyMode.STAGED);
        assertThat(plan.actions())
                .hasAtLeastOneElementOfType(FileAction.CreateDirectory.class)
                .hasAtLeastOneElementOfType(FileAction.CreateTablespaceLink.class)
                .hasAtLeastOneElementOfType(FileAction.CopyFile.class)
                .hasAtLeastOneElementOfType(FileAction.CopyRanges.class)
                .hasAtLeastOneElementOfType(FileAction.Truncate.class)
                .hasAtLeastOneElementOfType(FileAction.RemoveFile.class)
                .hasAtLeastOneElementOfType(FileAction.RemoveDirectory.class);
        crashEverywhere(Set.of());
    }

    @Test
    void comparedTargetIsNeverWorseOff() throws IOException {
        mode = CopyMode.STAGED;
        pair.restore();
        prepare(pair.rewind().compare(Compare.ALWAYS).plan());
        assertThat(plan.actions()).hasAtLeastOneElementOfType(FileAction.UpdateFile.class);
        crashEvery(23, Set.of());
    }

    /** A killed server had written it, and never synced it. */
    @Test
    void whatWasFoundEqualIsOnTheDiskBeforeTheSeal() throws IOException {
        pair.restore();
        plan = pair.rewind().compare(Compare.ALWAYS).plan();
        Map<Path, byte[]> equal = new HashMap<>();
        for (DataPath path : equalPaths()) {
            equal.put(path.in(pair.target()), Files.readAllBytes(path.in(pair.target())));
        }
        assertThat(equal).hasSizeGreaterThan(1);
        for (Map.Entry<Path, byte[]> file : equal.entrySet()) {
            Files.write(file.getKey(), new byte[file.getValue().length]);
        }
        disk = newDisk(Set.of());
        for (Map.Entry<Path, byte[]> file : equal.entrySet()) {
            try (FileOperations.WritableFile written = disk.open(file.getKey())) {
                written.write(ByteBuffer.wrap(file.getValue()), 0);
            }
        }

        Execution.execute(Plans.order(plan), disk);
        disk.crash(new Random(1), 0);

        assertThat(equal).allSatisfy((file, content) -> assertThat(file).hasBinaryContent(content));
    }

    /** One that is compared when it is planned, and relations that are compared later. */
    private List<DataPath> equalPaths() throws IOException {
        List<DataPath> paths = new ArrayList<>(List.of(DataPath.of("PG_VERSION")));
        for (FileAction action : plan.actions()) {
            if (action instanceof FileAction.UpdateFile
                    && Arrays.equals(
                            Files.readAllBytes(action.path().in(pair.target())),
                            pair.source().read(action.path(), 1 << 24))) {
                paths.add(action.path());
            }
        }
        return paths;
    }

    @Test
    void targetIsNeverWorseOffWhereItsPartsLieOnSeveralFileSystems() throws IOException {
        pair.moveWalElsewhere();
        prepare(CopyMode.STAGED);
        crashEverywhere(Set.of("links/wal", "spaces"));
    }

    /** The seal is there, but not durable, when the process is killed: whoever resumes must not build on it. */
    @Test
    void sealOfAKilledProcessIsMadeDurableBeforeItIsApplied() throws IOException {
        prepare(CopyMode.STAGED);
        Path staging = pair.target().resolve(OwnNames.STAGING);
        pair.restore();
        FailingFiles unsealed = FailingFiles.before("move to " + staging.resolve("manifest"), newDisk(Set.of()));
        rewind(unsealed);
        pair.restore();
        FailingFiles inPlace =
                FailingFiles.before("move to " + staging.resolve("pg_control.aside"), sealedOnly(unsealed));
        goOn(inPlace);
        Random random = new Random(1);
        for (int crash = 0; crash < CRASHES + SEALED; crash++) {
            pair.restore();
            disk = sealedOnly(unsealed);
            String story = goOn(FailingFiles.at(inPlace.count() + 1, disk)) + crash(random);
            checkHalfWay(story);
        }
    }

    /** A disk after a process was killed that had just sealed a rewind. */
    private ForgetfulDisk sealedOnly(FailingFiles unsealed) throws IOException {
        ForgetfulDisk sealed = newDisk(Set.of());
        rewind(FailingFiles.at(unsealed.count() + 1, sealed));
        return sealed;
    }

    @Test
    void targetThatIsOverwrittenInPlaceDoesNotStartAndIsRewoundAgain() throws IOException {
        prepare(CopyMode.STAGED);
        Map<String, String> finishedFromStaged = finished;
        prepare(CopyMode.IN_PLACE);
        assertThat(finished.keySet()).isEqualTo(finishedFromStaged.keySet());
        crashEverywhere(Set.of("spaces"));
    }

    @Test
    void errorAnywhereInPlaceSaysWhatIsLeft() throws IOException {
        prepare(CopyMode.IN_PLACE);
        int overwritten = 0;
        for (int n = 1; n <= operations; n++) {
            pair.restore();
            FileOperations local = new LocalFileOperations(pair.target(), Durability.NO_SYNC);
            String story = "operation " + n + ": " + rewind(FailingFiles.onceAt(n, local));
            if (checkHalfWay(story) == Outcome.OVERWRITTEN) {
                overwritten++;
                assertThat(story).endsWith("(NEEDS_SOURCE)");
            }
            goOn(local);
            assertThat(contents()).as(story).isEqualTo(finished);
        }
        assertThat(overwritten).isGreaterThan(5);
    }

    /** A full disk, one that cannot be read or written at a place, a process that has too many files open. */
    @Test
    void errorAnywhereLeavesNothingBehindOrWhatCanBeResumed() throws IOException {
        prepare(CopyMode.STAGED);
        for (int n = 1; n <= operations; n++) {
            pair.restore();
            FileOperations local = new LocalFileOperations(pair.target(), Durability.NO_SYNC);
            String story = "operation " + n + ": " + rewind(FailingFiles.onceAt(n, local));
            if (checkHalfWay(story) == Outcome.UNTOUCHED && !SealedRewind.isIn(pair.target())) {
                assertThat(story).endsWith("(UNTOUCHED)");
            } else if (Resumption.resume(pair.target(), local, Verifier.of(Verify.NOTHING), RewindListener.none())
                    .isPresent()) {
                assertThat(story).endsWith("(RESUMABLE)");
                assertThat(TreeState.contents(pair.target())).as(story).isEqualTo(finished);
            } else {
                assertThat(story).endsWith("outlived it");
                assertThat(contents()).as(story).isEqualTo(finished);
            }
        }
    }

    private void crashEverywhere(Set<String> fileSystems) throws IOException {
        crashEvery(1, fileSystems);
    }

    /** Each so many operations; an odd number, so that every second time the machine crashes as well. */
    private void crashEvery(int step, Set<String> fileSystems) throws IOException {
        int half = 0;
        for (int n = 1; n <= operations + 1; n += step) {
            for (int crash = 0; crash < CRASHES; crash++) {
                pair.restore();
                disk = newDisk(fileSystems);
                Random random = new Random(1_000_003L * n + crash);
                String story = "operation " + n + ", crash " + crash + ": " + rewind(FailingFiles.at(n, disk));
                story += (n + crash) % 2 == 0 ? crash(random) : "";
                half += checkHalfWay(story) == Outcome.HALF_APPLIED ? 1 : 0;
                recover(random, story);
            }
        }
        assertThat(half).isGreaterThan(CRASHES * operations / step / 10);
    }

    /** Dies a few times more on the way, then completes, and crashes once more: nothing is lost of what is finished. */
    private void recover(Random random, String begin) throws IOException {
        String story = begin;
        for (int deaths = random.nextInt(3); deaths > 0; deaths--) {
            story += "\nthen " + goOn(FailingFiles.at(1 + random.nextInt(operations / 2), disk));
            story += random.nextInt(4) > 0 ? crash(random) : "";
            checkHalfWay(story);
        }
        story += "\nthen " + goOn(FailingFiles.at(Integer.MAX_VALUE, disk));
        disk.crash(random, 0);
        assertThat(contents()).as(story).isEqualTo(finished);
    }

    private String rewind(FileOperations files) {
        try {
            Execution.execute(Plans.order(plan), files);
            return "outlived it";
        } catch (RewindException e) {
            return died(e);
        }
    }

    private static String died(RewindException e) {
        return e.getMessage().lines().findFirst().orElse("") + " (" + e.targetState() + ")";
    }

    /** Resumes, and rewinds where there is nothing to resume. */
    private String goOn(FileOperations files) throws IOException {
        if (isOverwritten()) {
            assertThatThrownBy(() ->
                            Resumption.resume(pair.target(), files, Verifier.of(Verify.NOTHING), RewindListener.none()))
                    .isInstanceOf(RewindException.class);
            plan = pair.plan(mode);
            assertThat(plan.verdict()).isEqualTo(Verdict.REWIND);
            return rewind(files);
        }
        try {
            if (Resumption.resume(pair.target(), files, Verifier.of(Verify.NOTHING), RewindListener.none())
                    .isPresent()) {
                return "resumed";
            }
        } catch (RewindException e) {
            return died(e);
        }
        return Arrays.equals(Files.readAllBytes(controlFile()), oldControlFile) ? rewind(files) : "found it done";
    }

    private String crash(Random random) throws IOException {
        double remembered = random.nextInt(4) / 3.0;
        disk.crash(random, remembered);
        return ", crashed and remembered " + Math.round(100 * remembered) + " %";
    }

    private boolean isOverwritten() throws IOException {
        return new StagingArea(pair.target(), List.of()).state() == StagingArea.State.OVERWRITING;
    }

    private enum Outcome {
        UNTOUCHED,
        OVERWRITTEN,
        HALF_APPLIED,
        DONE
    }

    /** There is no other state. */
    private Outcome checkHalfWay(String story) throws IOException {
        if (!Files.exists(controlFile())) {
            if (mode == CopyMode.IN_PLACE && isOverwritten()) {
                return Outcome.OVERWRITTEN;
            }
            assertThat(SealedRewind.isIn(pair.target())).as(story).isTrue();
            return Outcome.HALF_APPLIED;
        }
        // A server would start on these two.
        boolean isOld = Arrays.equals(Files.readAllBytes(controlFile()), oldControlFile);
        assertThat(contents()).as(story).isEqualTo(isOld ? untouched : finished);
        return isOld ? Outcome.UNTOUCHED : Outcome.DONE;
    }
}
