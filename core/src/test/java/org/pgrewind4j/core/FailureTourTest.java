package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.internal.area.TargetFailure;
import org.pgrewind4j.core.restore.DeltaRestore;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.MalformedHistoryException;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.backup.BaseBackup;
import org.pgrewind4j.transport.live.LiveServerException;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.local.DataDirectoryException;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.transport.pgbackrest.BackrestException;
import org.pgrewind4j.wal.UnsupportedVersionException;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFileException;
import org.pgrewind4j.wal.control.MalformedCheckPointException;

/** What somebody is told whose rewind fails for an everyday reason. No server is needed to get these wrong. */
class FailureTourTest {

    private static final String CONTROL_FILE = "global/pg_control";

    @TempDir
    private Path folder;

    private SmallCluster target;
    private SmallCluster source;

    @BeforeEach
    void makeClusters() throws IOException {
        target = SmallCluster.in(folder.resolve("target"));
        source = SmallCluster.in(folder.resolve("source"));
    }

    /** The ways to ask about a target that something is wrong with. */
    enum Question {
        PLAN {
            @Override
            Object ask(Rewind rewind) {
                return rewind.plan();
            }
        },
        EXAMINE {
            @Override
            Object ask(Rewind rewind) {
                return rewind.examine();
            }
        },
        LOST {
            @Override
            Object ask(Rewind rewind) {
                return rewind.lost();
            }
        };

        abstract Object ask(Rewind rewind);
    }

    private Experience asked(Question question, Path ofTarget) {
        return Experience.of(() -> {
            try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.directory())) {
                return question.ask(Rewind.of(ofTarget).from(transport));
            }
        });
    }

    private Experience planned() {
        return asked(Question.PLAN, target.directory());
    }

    private static Experience opened(Path directory) {
        return Experience.of(() -> LocalDirectoryTransport.open(directory));
    }

    @ParameterizedTest
    @EnumSource
    void targetThatDoesNotExist(Question question) {
        Path nowhere = folder.resolve("nowhere");

        asked(question, nowhere).isOf(Kind.TARGET_MISSING, Side.TARGET, nowhere.toString());
    }

    @ParameterizedTest
    @EnumSource
    void targetThatIsAFile(Question question) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        asked(question, file).isOf(Kind.TARGET_NOT_A_CLUSTER, Side.TARGET, file.toString());
    }

    @ParameterizedTest
    @EnumSource
    void targetThatIsNoDataDirectory(Question question) throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));

        asked(question, empty).isOf(Kind.TARGET_NOT_A_CLUSTER, Side.TARGET, empty.toString());
    }

    @ParameterizedTest
    @EnumSource
    void targetThatIsALinkToNowhere(Question question) throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));

        asked(question, link).isOf(Kind.TARGET_MISSING, Side.TARGET, link.toString());
    }

    @ParameterizedTest
    @EnumSource
    void targetWhoseControlFileIsCut(Question question) throws IOException {
        target.with(Arrays.copyOf(target.controlFile(), 100));

        asked(question, target.directory())
                .isOf(
                        Kind.CONTROL_FILE_DAMAGED,
                        Side.TARGET,
                        target.file(CONTROL_FILE).toString());
    }

    @Test
    void targetWhoseControlFileIsADirectory() throws IOException {
        Files.delete(target.file(CONTROL_FILE));
        Files.createDirectory(target.file(CONTROL_FILE));

        planned()
                .isOf(Kind.TARGET_NOT_A_CLUSTER, Side.TARGET, target.directory().toString());
    }

    private static byte[] changed(SmallCluster cluster, int offset) throws IOException {
        byte[] bytes = cluster.controlFile();
        bytes[offset]++;
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 8})
    void targetWhoseControlFileIsDamagedOrOfAnotherRelease(int offset) throws IOException {
        target.with(changed(target, offset));

        planned()
                .isOf(
                        offset == 8 ? Kind.UNSUPPORTED_RELEASE : Kind.CONTROL_FILE_DAMAGED,
                        Side.TARGET,
                        target.file(CONTROL_FILE).toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 8})
    void sourceWhoseControlFileIsDamagedOrOfAnotherRelease(int offset) throws IOException {
        source.with(changed(source, offset));

        planned()
                .isOf(
                        offset == 8 ? Kind.UNSUPPORTED_RELEASE : Kind.CONTROL_FILE_DAMAGED,
                        Side.SOURCE,
                        "data directory \"" + source.directory() + "\"");
    }

    @Test
    void bothSidesAreToldAtOnce() throws IOException {
        source.with(SmallCluster.stopped()
                .build()
                .patch()
                .state(ClusterState.IN_PRODUCTION)
                .build()
                .toBytes());

        Path nowhere = folder.resolve("nowhere");
        asked(Question.PLAN, nowhere)
                .has(Kind.TARGET_MISSING, Side.TARGET, nowhere.toString())
                .has(Kind.SOURCE_NOT_STOPPED, Side.SOURCE, "");

        target.with(changed(target, 100));
        source.with(changed(source, 100));
        planned()
                .has(
                        Kind.CONTROL_FILE_DAMAGED,
                        Side.TARGET,
                        target.file(CONTROL_FILE).toString())
                .has(Kind.CONTROL_FILE_DAMAGED, Side.SOURCE, "data directory \"" + source.directory() + "\"");
    }

    @Test
    void sourceThatDoesNotExist() {
        Path nowhere = folder.resolve("nowhere");

        opened(nowhere).isOf(Kind.SOURCE_UNUSABLE, Side.SOURCE, nowhere.toString());
        assertThatThrownBy(() -> LocalDirectoryTransport.open(nowhere))
                .hasMessage("the source \"" + nowhere + "\" does not exist\n"
                        + "HINT: check the path: it must be a data directory.");
    }

    @Test
    void sourceThatIsAFileOrNoDataDirectory() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Path empty = Files.createDirectory(folder.resolve("empty"));

        opened(file).isOf(Kind.SOURCE_UNUSABLE, Side.SOURCE, file.toString());
        opened(empty).isOf(Kind.SOURCE_UNUSABLE, Side.SOURCE, empty.toString());
    }

    @Test
    void backupThatDoesNotExistOrIsNone() throws IOException {
        Path nowhere = folder.resolve("nowhere");
        Path empty = Files.createDirectory(folder.resolve("empty"));

        Experience.of(() -> BaseBackup.open(nowhere)).isOf(Kind.SOURCE_UNUSABLE, Side.SOURCE, nowhere.toString());
        Experience.of(() -> BaseBackup.open(empty)).isOf(Kind.SOURCE_UNUSABLE, Side.SOURCE, empty.toString());
    }

    @Test
    void directoryThatMayNotBeRead() {
        DataDirectoryException denied =
                new DataDirectoryException(Side.TARGET, DataDirectoryException.Reason.UNREADABLE, target.directory());

        assertThat(Problem.of(denied))
                .isEqualTo(new Problem(
                        Kind.UNREADABLE,
                        Side.TARGET,
                        target.directory().toString(),
                        "the target \"" + target.directory() + "\" cannot be read: permission denied",
                        "run as the user that the directory belongs to, usually postgres."));
    }

    @Test
    void sourceThatIsTheTarget() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), source.directory());

        asked(Question.PLAN, source.directory())
                .isOf(Kind.SAME_DIRECTORY, Side.BOTH, source.directory().toString());
        asked(Question.EXAMINE, link).isOf(Kind.SAME_DIRECTORY, Side.BOTH, link.toString());
    }

    @Test
    void historyThatIsGone() throws IOException {
        target.onTimeline(2);
        source.onTimeline(3);

        planned()
                .has(Kind.HISTORY_UNKNOWN, Side.TARGET, "pg_wal/00000002.history")
                .has(Kind.SOURCE_UNUSABLE, Side.SOURCE, "pg_wal/00000003.history");
    }

    @Test
    void historyThatIsDamaged() throws IOException {
        target.onTimeline(2).with("pg_wal/00000002.history", "one line\n");
        source.onTimeline(3).with("pg_wal/00000003.history", "another\n");

        planned()
                .has(Kind.HISTORY_DAMAGED, Side.TARGET, "00000002.history")
                .has(Kind.HISTORY_DAMAGED, Side.SOURCE, "00000003.history");
    }

    @Test
    void clustersThatDoNotBelongTogether() throws IOException {
        source.with(SmallCluster.stopped().systemIdentifier(8).blockSize(16384));

        planned().has(Kind.DIFFERENT_SYSTEM, Side.BOTH, "").has(Kind.DIFFERENT_LAYOUT, Side.BOTH, "");
    }

    @Test
    void targetThatDoesNotTellWhatChanged() throws IOException {
        source.with(SmallCluster.stopped().systemIdentifier(8));
        target.with(SmallCluster.stopped().dataChecksumVersion(0));

        planned().has(Kind.HINT_BITS_NOT_LOGGED, Side.TARGET, "");
    }

    @Test
    void serversThatRun() throws IOException {
        target.with("postmaster.pid", "");
        source.with("postmaster.pid", "");

        planned().has(Kind.TARGET_RUNNING, Side.TARGET, "").has(Kind.SOURCE_NOT_STOPPED, Side.SOURCE, "");
    }

    @Test
    void targetThatIsHalfRestored() throws IOException {
        target.with(SmallCluster.stopped()
                .build()
                .patch()
                .backupStartPoint(new Lsn(1))
                .build()
                .toBytes());
        source.with(SmallCluster.stopped().systemIdentifier(8));

        planned().has(Kind.TARGET_NOT_CONSISTENT, Side.TARGET, "");
    }

    @Test
    void stagingAreaThatIsAFile() throws IOException {
        target.with("pgrewind4j.staging", "not ours");

        String place = target.file("pgrewind4j.staging").toString();
        planned().isOf(Kind.STAGING_DAMAGED, Side.TARGET, place);
        Experience.of(() -> Rewind.status(target.directory())).isOf(Kind.STAGING_DAMAGED, Side.TARGET, place);
        Experience.of(() -> Rewind.resume(target.directory(), RewindListener.none()))
                .isOf(Kind.STAGING_DAMAGED, Side.TARGET, place);
    }

    @Test
    void stagingAreaOfAnotherVersion() throws IOException {
        Files.createDirectory(target.file("pgrewind4j.staging"));
        target.with("pgrewind4j.staging/manifest", "pgrewind4j-manifest\t99\n");
        Files.move(target.file(CONTROL_FILE), target.file("pgrewind4j.staging/pg_control.new"));

        Experience.of(() -> Rewind.resume(target.directory(), RewindListener.none()))
                .isOf(Kind.STAGING_DAMAGED, Side.TARGET, "pgrewind4j.staging/manifest");
    }

    @Test
    void nothingToResumeOrLookAt() throws IOException {
        Path nowhere = folder.resolve("nowhere");
        Path file = Files.createFile(folder.resolve("file"));

        Experience.of(() -> Rewind.resume(nowhere, RewindListener.none()))
                .isOf(Kind.TARGET_MISSING, Side.TARGET, nowhere.toString());
        Experience.of(() -> Rewind.resume(file, RewindListener.none()))
                .isOf(Kind.TARGET_NOT_A_CLUSTER, Side.TARGET, file.toString());
        Experience.of(() -> Rewind.status(file)).isOf(Kind.TARGET_NOT_A_CLUSTER, Side.TARGET, file.toString());
        Experience.of(() -> DeltaRestore.status(file)).isOf(Kind.TARGET_NOT_A_CLUSTER, Side.TARGET, file.toString());
        assertThat(Rewind.status(nowhere)).isEmpty();
    }

    @Test
    void serverThatDoesNotAnswer() {
        // No server listens on the port of tcpmux.
        Throwable failure = catchThrowable(
                () -> LiveServerTransport.ofJdbcUrl("jdbc:postgresql://127.0.0.1:1/postgres", new Properties())
                        .open());

        assertThat(failure)
                .isInstanceOfSatisfying(
                        LiveServerException.class, e -> assertThat(e.sqlState()).hasValue("08001"));
        RewindException told = failed((Exception) failure);
        Experience.of(() -> {
                    throw told;
                })
                .isOf(Kind.SOURCE_UNUSABLE, Side.SOURCE, "data directory \"the source\"");
    }

    private RewindException failed(Exception cause) {
        return TargetFailure.of(
                "rewind", target.directory(), "data directory \"the source\"", TargetState.UNTOUCHED, cause);
    }

    private Experience execution(Exception cause) {
        return Experience.of(() -> {
            throw failed(cause);
        });
    }

    @Test
    void formatsThatAreDamagedWhileItIsExecuted() {
        execution(new MalformedHistoryException("00000002.history", 1, "a timeline", "x"))
                .isOf(Kind.HISTORY_DAMAGED, Side.TARGET, "00000002.history");
        execution(UnsupportedVersionException.controlFile(1, 2).of("data directory \"the source\""))
                .isOf(Kind.UNSUPPORTED_RELEASE, Side.SOURCE, "data directory \"the source\"");
        execution(ControlFileException.of(ControlFileException.Reason.WRONG_CRC, "expected 1, found 2"))
                .isOf(Kind.CONTROL_FILE_DAMAGED, Side.TARGET, target.directory().toString());
        execution(new LiveServerException("no rights", "42501", null))
                .isOf(Kind.SOURCE_UNUSABLE, Side.SOURCE, "data directory \"the source\"");
        assertThat(new MalformedCheckPointException("a", "b")).isInstanceOf(PgRewindException.class);
        assertThat(new BackrestException("backup.info", "cut").file()).isEqualTo("backup.info");
    }

    @Test
    void diskThatIsFull() {
        String file = target.file("base/1/2").toString();

        execution(new IOException("No space left on device")).isOf(Kind.NOT_ENOUGH_DISK, Side.TARGET, "");
        execution(new FileSystemException(file, null, "No space left on device"))
                .isOf(Kind.NOT_ENOUGH_DISK, Side.TARGET, file);
        execution(new FileSystemException(file, null, "Disk quota exceeded"))
                .isOf(Kind.NOT_ENOUGH_DISK, Side.TARGET, file);
        assertThat(failed(new IOException("No space left on device")))
                .hasMessage("the rewind of \"" + target.directory() + "\" failed: No space left on device\n"
                        + "HINT: make room on that file system and try again."
                        + " The target is untouched; remove the cause and rewind again.");
    }

    @Test
    void fileThatMayNotBeWritten() {
        String file = target.file("base/1/2").toString();

        execution(new AccessDeniedException(file)).isOf(Kind.UNREADABLE, Side.TARGET, file);
    }

    @Test
    void sourceThatFailsOrChanges() {
        execution(new SourceChangedException("the source went on"))
                .isOf(Kind.SOURCE_CHANGED, Side.SOURCE, "data directory \"the source\"");
        execution(new IOException("data directory \"the source\": gone"))
                .isOf(Kind.SOURCE_UNUSABLE, Side.SOURCE, "data directory \"the source\"");
    }
}
