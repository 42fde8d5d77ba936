package org.pgrewind4j.core.internal.restore;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.MapDifference;
import com.google.common.collect.Maps;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
import org.pgrewind4j.core.FailingFiles;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.ForgetfulDisk;
import org.pgrewind4j.core.HashedBackup;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.ThinPair;
import org.pgrewind4j.core.TreeState;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.internal.apply.Resumption;
import org.pgrewind4j.core.internal.apply.Verifier;
import org.pgrewind4j.core.internal.area.OwnNames;
import org.pgrewind4j.core.internal.area.SealedRewind;
import org.pgrewind4j.core.internal.execute.Execution;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.backup.Backup;

/**
 * A restore that dies before or in one of its file operations, its machine with it or not, as {@code CrashTest} says: the
 * target is the old one still, or it cannot be started and is completed without the backup, or it is done.
 *
 * <p>{@code -Dpgrewind4j.test.every=1} lets each operation be the last, and not some only.
 */
@Tag("server")
class RestoreCrashTest {

    private static final int EVERY = Integer.getInteger("pgrewind4j.test.every", 11);

    private static final Logger LOG = Logger.getLogger("org.pgrewind4j");

    @TempDir
    Path folder;

    private ThinPair pair;
    private Backup backup;
    private PlannedRestore plan;
    private byte[] oldControlFile;
    private Map<String, String> untouched;
    private Map<String, String> finished;
    private int operations;
    private ForgetfulDisk disk;

    @BeforeEach
    void makeBackup() throws IOException {
        LOG.setLevel(Level.SEVERE);
        pair = ThinPair.in(folder);
        backup = HashedBackup.open(folder.resolve("source/data"));
    }

    @AfterEach
    void close() throws IOException {
        LOG.setLevel(null);
        backup.close();
        pair.close();
    }

    /** What lies on the target before. */
    private interface State {
        void make() throws IOException;
    }

    private void reset(State state) throws IOException {
        pair.restore();
        state.make();
    }

    private void prepare(State state) throws IOException {
        reset(state);
        plan = plan();
        assertThat(plan.problems()).isEmpty();
        oldControlFile = controlFile();
        untouched = contents();
        FailingFiles counting = FailingFiles.at(Integer.MAX_VALUE, new ForgetfulDisk(pair.base(), Set.of()));
        Execution.execute(plan.order(), counting);
        operations = counting.count();
        finished = contents();
        assertThat(pair.target().resolve(OwnNames.STAGING)).doesNotExist();
    }

    private PlannedRestore plan() throws IOException {
        return (PlannedRestore) pair.restore(backup)
                .recovery(RecoveryGoal.standby().option("primary_conninfo", "host=h"))
                .plan();
    }

    private byte[] controlFile() throws IOException {
        Path path = DataPath.CONTROL_FILE.in(pair.target());
        return Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
    }

    private Map<String, String> contents() {
        Map<String, String> contents = TreeState.withoutStaging(pair.target());
        // It names the second at which it was written.
        contents.remove("postgresql.auto.conf");
        return contents;
    }

    @Test
    void targetIsNeverWorseOff() throws IOException {
        State diverged = () -> {
            Files.delete(pair.target().resolve("pg_hba.conf"));
            Files.createDirectory(pair.target().resolve("pg_hba.conf"));
            Files.writeString(pair.target().resolve("pg_hba.conf/inside"), "x");
        };
        prepare(diverged);
        assertThat(plan.actions())
                .hasAtLeastOneElementOfType(FileAction.ClearPath.class)
                .hasAtLeastOneElementOfType(FileAction.CreateDirectory.class)
                .hasAtLeastOneElementOfType(FileAction.CreateTablespaceLink.class)
                .hasAtLeastOneElementOfType(FileAction.CopyFile.class)
                .hasAtLeastOneElementOfType(FileAction.UpdateFile.class)
                .hasAtLeastOneElementOfType(FileAction.SetAttributes.class)
                .hasAtLeastOneElementOfType(FileAction.RemoveFile.class)
                .hasAtLeastOneElementOfType(FileAction.RemoveDirectory.class);
        crashEverywhere(diverged);
    }

    /** No control file tells whether the old or the new one is in place. */
    @Test
    void restoreOverItsOwnRestoreIsNotTakenForDone() throws IOException {
        State restored = () -> {
            plan().execute();
            try (RandomAccessFile file = new RandomAccessFile(
                    pair.target().resolve("postgresql.conf").toFile(), "rw")) {
                file.write('X');
            }
        };
        prepare(restored);
        assertThat(controlFile()).isEqualTo(oldControlFile);
        for (int n = 1; n <= operations + 1; n += EVERY) {
            reset(restored);
            disk = new ForgetfulDisk(pair.base(), Set.of());
            Random random = new Random(1_000_003L * n);
            String story = "operation " + n + ": " + restore(FailingFiles.at(n, disk)) + crash(random, n);
            boolean isDue =
                    n % 2 == 0 && story.endsWith("(RESUMABLE)") && !contents().equals(finished);
            String recovery = goOn(FailingFiles.at(Integer.MAX_VALUE, disk));
            if (isDue) {
                assertThat(recovery).as(story).isEqualTo("resumed");
            }
            disk.crash(random, 0);
            assertSame(finished, story + "\nthen " + recovery);
        }
    }

    private void crashEverywhere(State state) throws IOException {
        int half = 0;
        for (int n = 1; n <= operations + 1; n += EVERY) {
            reset(state);
            disk = new ForgetfulDisk(pair.base(), Set.of());
            Random random = new Random(1_000_003L * n);
            String story = "operation " + n + ": " + restore(FailingFiles.at(n, disk)) + crash(random, n);
            half += isHalfApplied(story) ? 1 : 0;
            if (random.nextBoolean()) {
                story += "\nthen " + goOn(FailingFiles.at(1 + random.nextInt(operations / 2), disk));
                story += crash(random, random.nextInt(2));
                isHalfApplied(story);
            }
            story += "\nthen " + goOn(FailingFiles.at(Integer.MAX_VALUE, disk));
            disk.crash(random, 0);
            assertSame(finished, story);
        }
        assertThat(half).isGreaterThan(operations / EVERY / 10);
    }

    private void assertSame(Map<String, String> expected, String story) {
        MapDifference<String, String> difference = Maps.difference(expected, contents());
        assertThat(difference.areEqual()).as(story + "\n" + difference).isTrue();
    }

    private String restore(FileOperations files) {
        try {
            Execution.execute(plan.order(), files);
            return "outlived it";
        } catch (RewindException e) {
            return e.getMessage().lines().findFirst().orElse("") + " (" + e.targetState() + ")";
        }
    }

    /** Resumes, and restores where there is nothing to resume. */
    private String goOn(FileOperations files) throws IOException {
        try {
            if (Resumption.resume(pair.target(), files, Verifier.of(Verify.NOTHING), RewindListener.none())
                    .isPresent()) {
                return "resumed";
            }
        } catch (RewindException e) {
            return e.getMessage().lines().findFirst().orElse("") + " (" + e.targetState() + ")";
        }
        return contents().equals(finished) ? "found it done" : restore(files);
    }

    private String crash(Random random, int n) throws IOException {
        if (n % 2 == 0) {
            return "";
        }
        disk.crash(random, random.nextInt(4) / 3.0);
        return ", crashed";
    }

    /** There is no other state than half applied, untouched and done. */
    private boolean isHalfApplied(String story) throws IOException {
        byte[] found = controlFile();
        if (found.length == 0) {
            assertThat(SealedRewind.isIn(pair.target())).as(story).isTrue();
            return true;
        }
        // A server would start on these two.
        assertSame(Arrays.equals(found, oldControlFile) ? untouched : finished, story);
        return false;
    }
}
