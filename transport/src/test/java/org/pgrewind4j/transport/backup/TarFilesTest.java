package org.pgrewind4j.transport.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.UnsafePathException;

/** Tar files as nobody's {@code pg_basebackup} writes them. */
class TarFilesTest {

    private static byte[] tar(TarArchiveEntry... entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (TarArchiveEntry entry : entries) {
                byte[] content = new byte[(int) entry.getSize()];
                Arrays.fill(content, (byte) 'x');
                out.putArchiveEntry(entry);
                out.write(content);
                out.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static TarArchiveEntry file(String name, int size) {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(size);
        return entry;
    }

    private static TarArchiveEntry special(String name, byte type, String link) {
        TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
        entry.setLinkName(link);
        return entry;
    }

    private static TarFiles open(Path directory) throws IOException {
        return TarFiles.open(directory, TarStore.open(TarStore.find(directory), directory));
    }

    private static Set<String> list(TarFiles files) throws IOException {
        Set<String> found = new TreeSet<>();
        files.list(
                Set.of(), file -> found.add(file.path() + " " + file.type() + " " + file.size() + file.linkTarget()));
        return found;
    }

    @Test
    void findsWhatLiesInAllTarFiles(@TempDir Path directory) throws IOException {
        byte[] map = "5 /space/with\\\nline\\\\\n".getBytes(StandardCharsets.UTF_8);
        byte[] base = tar(file("tablespace_map", map.length), file("./global/pg_control", 8192), file("pg_wal/", 0));
        System.arraycopy(map, 0, base, 512, map.length);
        Files.write(directory.resolve("base.tar"), base);
        Files.write(directory.resolve("pg_wal.tar"), tar(file("archive_status/a.done", 0)));
        try (OutputStream packed =
                new FramedLZ4CompressorOutputStream(Files.newOutputStream(directory.resolve("5.tar.lz4")))) {
            packed.write(tar(file("PG_18_202506291/5/16384", 16_384), file("others", 3)));
        }

        assertThatThrownBy(() -> open(directory).close())
                .isInstanceOf(UnsafePathException.class)
                .hasMessageContaining("control character");
        System.arraycopy("5 /space/with\\\\line 2\n".getBytes(StandardCharsets.UTF_8), 0, base, 512, map.length);
        Files.write(directory.resolve("base.tar"), base);
        try (TarFiles files = open(directory)) {
            assertThat(list(files))
                    .containsExactlyInAnyOrder(
                            "tablespace_map FILE " + map.length,
                            "global DIRECTORY 0",
                            "global/pg_control FILE 8192",
                            "pg_wal DIRECTORY 0",
                            "pg_wal/archive_status DIRECTORY 0",
                            "pg_wal/archive_status/a.done FILE 0",
                            "pg_tblspc DIRECTORY 0",
                            "pg_tblspc/5 SYMLINK 0/space/with\\line 2",
                            "pg_tblspc/5/PG_18_202506291 DIRECTORY 0",
                            "pg_tblspc/5/PG_18_202506291/5 DIRECTORY 0",
                            "pg_tblspc/5/PG_18_202506291/5/16384 FILE 16384");
            assertThat(files.read(DataPath.of("pg_tblspc/5/PG_18_202506291/5/16384"), 16_384))
                    .containsOnly('x')
                    .hasSize(16_384);
        }
    }

    @Test
    void refusesMembersThatAreNoneOfADataDirectory(@TempDir Path directory) throws IOException {
        Path base = directory.resolve("base.tar");
        for (String name : new String[] {"../outside", "base/../../outside", "base//1"}) {
            Files.write(base, tar(file(name, 1)));
            assertThatThrownBy(() -> open(directory).close()).isInstanceOf(UnsafePathException.class);
        }
        Files.write(base, tar(special("pg_tblspc/7", TarConstants.LF_SYMLINK, "relative/../place")));
        assertThatThrownBy(() -> open(directory).close()).isInstanceOf(UnsafePathException.class);
        assertRefused(
                base, tar(file("a", 1), file("a", 1)), ", offset 1536: expected each name once, found \"a\" twice");
        assertRefused(
                base,
                tar(special("a", TarConstants.LF_LINK, "b")),
                ", offset 512: expected a file, a directory or a symbolic link, found something else called \"a\"");
        assertRefused(
                base,
                tar(special("a", TarConstants.LF_CHR, "")),
                ", offset 512: expected a file, a directory or a symbolic link, found something else called \"a\"");
        Files.write(base, tar(special("a", TarConstants.LF_SYMLINK, "/etc"), file("a/passwd", 1)));
        assertThatThrownBy(() -> open(directory).close())
                .isInstanceOf(BackupException.class)
                .hasMessage("a: expected a directory, for \"a/passwd\" lies in it");
        Files.write(base, tar(file("a", 1)));
        Files.write(directory.resolve("base.tar.gz"), new byte[0]);
        assertThatThrownBy(() -> open(directory).close())
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("expected each tar file in one form");
    }

    private static void assertRefused(Path base, byte[] tar, String message) throws IOException {
        Files.write(base, tar);
        assertThatThrownBy(() -> open(base.getParent()).close())
                .isInstanceOf(BackupException.class)
                .hasMessage(base + message);
    }

    /** Cut or changed anywhere, it is refused, or what is in it is another thing; it is never an error of another kind. */
    @Property(tries = 300)
    void damageIsATypedError(
            @ForAll @IntRange(max = 6000) int at, @ForAll byte value, @ForAll boolean isCut, @ForAll boolean isMap)
            throws IOException {
        Path directory = Files.createTempDirectory("pgrewind4j-");
        try {
            byte[] tar = tar(file(isMap ? "tablespace_map" : "PG_VERSION", 100), file("base/1/1259", 1000));
            byte[] damaged = isCut ? Arrays.copyOf(tar, Math.min(at, tar.length)) : tar;
            if (!isCut) {
                damaged[at % tar.length] = value;
            }
            Files.write(directory.resolve("base.tar"), damaged);
            Throwable failure = catchThrowable(() -> {
                try (TarFiles files = open(directory)) {
                    list(files);
                }
            });
            if (failure != null) {
                assertThat(failure).isInstanceOfAny(BackupException.class, UnsafePathException.class);
            }
        } finally {
            Files.deleteIfExists(directory.resolve("base.tar"));
            Files.delete(directory);
        }
    }
}
