package org.pgrewind4j.core.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.internal.files.FileOperations.WritableFile;

class LocalFileOperationsTest {

    @TempDir
    Path data;

    private FileOperations files;

    @BeforeEach
    void open() throws IOException {
        permit(data, "rwx------");
        files = new LocalFileOperations(data, Durability.SYNC);
    }

    private static void permit(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private void create(Path file, String content) throws IOException {
        try (WritableFile open = files.open(file)) {
            open.write(ByteBuffer.wrap(content.getBytes(java.nio.charset.StandardCharsets.UTF_8)), 0);
            open.sync();
        }
    }

    @Test
    void whatItCreatesIsTheOwnersAlone() throws IOException {
        create(data.resolve("file"), "x");
        files.createDirectory(data.resolve("directory"));
        files.syncDirectory(data);

        assertThat(permissions(data.resolve("file"))).isEqualTo("rw-------");
        assertThat(permissions(data.resolve("directory"))).isEqualTo("rwx------");
    }

    @Test
    void groupMayReadWhatItCreatesIfItMayReadTheDataDirectory() throws IOException {
        permit(data, "rwxr-x---");
        files = new LocalFileOperations(data, Durability.NO_SYNC);
        create(data.resolve("file"), "x");
        files.createDirectory(data.resolve("directory"));

        assertThat(permissions(data.resolve("file"))).isEqualTo("rw-r-----");
        assertThat(permissions(data.resolve("directory"))).isEqualTo("rwxr-x---");
    }

    @Test
    void keepsThePermissionsOfWhatIsThere() throws IOException {
        Path file = Files.writeString(data.resolve("file"), "before");
        permit(file, "rw-r-----");
        Path directory = Files.createDirectory(data.resolve("directory"));
        permit(directory, "rwxr-x--x");

        create(file, "afterwards");
        files.createDirectory(directory);

        assertThat(permissions(file)).isEqualTo("rw-r-----");
        assertThat(permissions(directory)).isEqualTo("rwxr-x--x");
        assertThat(file).hasContent("afterwards");
    }

    @Test
    void whatTakesAFilesPlaceTakesItsPermissionsOver() throws IOException {
        Path file = Files.writeString(data.resolve("server.key"), "old");
        permit(file, "r--------");
        create(data.resolve("staged"), "new");

        files.move(data.resolve("staged"), file);

        assertThat(permissions(file)).isEqualTo("r--------");
        assertThat(file).hasContent("new");
        assertThat(data.resolve("staged")).doesNotExist();
    }

    @Test
    void followsNoSymbolicLink() throws IOException {
        Path outside = Files.writeString(data.resolve("outside"), "untouched");
        Path link = Files.createSymbolicLink(data.resolve("link"), outside);

        assertThatThrownBy(() -> files.open(link)).isInstanceOf(IOException.class);
        files.delete(link);

        assertThat(link).doesNotExist();
        assertThat(outside).hasContent("untouched");
    }

    @Test
    void moveReplacesALinkAndNotWhatItLeadsTo() throws IOException {
        Path outside = Files.writeString(data.resolve("outside"), "untouched");
        Path link = Files.createSymbolicLink(data.resolve("link"), outside);
        create(data.resolve("staged"), "new");

        files.move(data.resolve("staged"), link);

        assertThat(Files.isSymbolicLink(link)).isFalse();
        assertThat(link).hasContent("new");
        assertThat(outside).hasContent("untouched");
    }

    @Test
    void writesWhereItIsToldAndGivesFilesTheirSize() throws IOException {
        Path file = data.resolve("file");
        try (WritableFile open = files.open(file)) {
            open.resize(5);
            assertThat(Files.readAllBytes(file)).containsExactly(0, 0, 0, 0, 0);
            ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}).position(1);
            open.write(bytes, 4);
            assertThat(bytes.hasRemaining()).isFalse();
            assertThat(Files.readAllBytes(file)).containsExactly(0, 0, 0, 0, 2, 3, 4);
            open.resize(6);
            open.resize(6);
            open.sync();
        }
        assertThat(Files.readAllBytes(file)).containsExactly(0, 0, 0, 0, 2, 3);
    }

    @Test
    void doingAThingTwiceIsAsGoodAsOnce() throws IOException {
        Path file = data.resolve("file");
        create(file, "x");
        files.delete(file);
        files.delete(file);
        files.delete(data.resolve("never/there"));
        files.createDirectory(data.resolve("directory"));
        files.createDirectory(data.resolve("directory"));

        assertThat(file).doesNotExist();
        assertThat(data.resolve("directory")).isEmptyDirectory();
    }

    @Test
    void makesLinks() throws IOException {
        files.createLink(data.resolve("link"), Path.of("/elsewhere"));

        assertThat(Files.readSymbolicLink(data.resolve("link"))).isEqualTo(Path.of("/elsewhere"));
    }

    private List<Path> manyFiles() throws IOException {
        List<Path> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(data.resolve("file" + i));
            create(many.get(i), "x");
        }
        return many;
    }

    private static void assertNoThreadIsLeft() {
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals(LocalFileOperations.SYNC_THREAD_NAME));
    }

    @Test
    void syncsFilesThatAreThereAndCreatesNone() throws IOException {
        List<Path> many = manyFiles();
        Path missing = data.resolve("missing");

        files.syncFiles(many);
        many.add(50, missing);

        assertThatThrownBy(() -> files.syncFiles(many))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(missing.toString());
        assertThat(missing).doesNotExist();
        assertNoThreadIsLeft();
    }

    @Test
    void syncEndsOnAnInterrupt() throws IOException {
        List<Path> many = manyFiles();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> files.syncFiles(many)).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertNoThreadIsLeft();
    }

    @Test
    void transfersAPartOfAnotherFileToTheSamePlace() throws IOException {
        Path from = data.resolve("from");
        create(from, "0123456789");
        create(data.resolve("to"), "abcdefghijkl");

        try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
                WritableFile to = files.open(data.resolve("to"))) {
            assertThat(to.transferFrom(source, 3, 4)).isEqualTo(4);
            assertThat(to.transferFrom(source, 10, 4)).isZero();
        }

        assertThat(data.resolve("to")).hasContent("abc3456hijkl");
    }

    @Test
    void transfersNothingWhereTheSystemCannot() throws IOException {
        Path notToBeRead = Files.createDirectory(data.resolve("directory"));

        try (FileChannel source = FileChannel.open(notToBeRead, StandardOpenOption.READ);
                WritableFile to = files.open(data.resolve("to"))) {
            assertThat(to.transferFrom(source, 0, 1)).isZero();
        }
    }

    @Test
    void transferEndsOnAnInterrupt() throws IOException {
        create(data.resolve("from"), "x");

        try (FileChannel source = FileChannel.open(data.resolve("from"), StandardOpenOption.READ);
                WritableFile to = files.open(data.resolve("to"))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> to.transferFrom(source, 0, 1)).isInstanceOf(ClosedByInterruptException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
