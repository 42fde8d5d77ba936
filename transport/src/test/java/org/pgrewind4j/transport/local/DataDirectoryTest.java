package org.pgrewind4j.transport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.UnsafePathException;

class DataDirectoryTest {

    @TempDir
    Path root;

    @TempDir
    Path elsewhere;

    private DataDirectory directory;

    @BeforeEach
    void makeFiles() throws IOException {
        Files.createDirectories(root.resolve("base/1"));
        Files.writeString(root.resolve("base/1/1259"), "x");
        Files.createDirectories(root.resolve("pg_tblspc"));
        Files.writeString(elsewhere.resolve("file"), "x");
        directory = DataDirectory.of(root);
    }

    @Test
    void findsFilesThatAreThereOrAreStillToBeMade() throws IOException {
        assertThat(directory.resolve(DataPath.of("base/1/1259"))).isEqualTo(root.resolve("base/1/1259"));
        assertThat(directory.resolve(DataPath.of("base/1/new"))).isEqualTo(root.resolve("base/1/new"));
        assertThat(directory.resolve(DataPath.of("new"))).isEqualTo(root.resolve("new"));
        assertThatThrownBy(() -> directory.resolve(DataPath.of("base/2/new")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage("base/2/new");
        assertThatThrownBy(() -> directory.resolve(DataPath.of("base/1/1259/new")))
                .isInstanceOf(NotDirectoryException.class)
                .hasMessage("base/1/1259");
    }

    @Test
    void followsLinksWherePostgresDoes() throws IOException {
        Files.createSymbolicLink(root.resolve("pg_wal"), elsewhere);
        Files.createSymbolicLink(root.resolve("pg_tblspc/16400"), elsewhere);

        assertThat(directory.resolve(DataPath.of("pg_wal/file"))).hasContent("x");
        assertThat(directory.resolve(DataPath.of("pg_tblspc/16400/file"))).hasContent("x");
    }

    @Test
    void followsNoOtherLinks() throws IOException {
        Files.createSymbolicLink(root.resolve("base/2"), elsewhere);
        Files.createDirectory(elsewhere.resolve("below"));
        Files.createSymbolicLink(elsewhere.resolve("below/again"), root);
        Files.createSymbolicLink(root.resolve("pg_tblspc/16400"), elsewhere);

        assertThatThrownBy(() -> directory.resolve(DataPath.of("base/2/file")))
                .isInstanceOf(UnsafePathException.class)
                .hasMessage("unsafe path \"base/2/file\": \"base/2\" is a symbolic link");
        assertThatThrownBy(() -> directory.resolve(DataPath.of("base/2/below/file")))
                .isInstanceOf(UnsafePathException.class);
        assertThatThrownBy(() -> directory.resolve(DataPath.of("pg_tblspc/16400/below/again/base/x")))
                .hasMessage("unsafe path \"pg_tblspc/16400/below/again/base/x\":"
                        + " \"pg_tblspc/16400/below/again\" is a symbolic link");
        assertThat(directory.resolve(DataPath.of("base/2"))).isSymbolicLink();
        assertThatThrownBy(() -> directory.open(DataPath.of("base/2"))).hasMessageContaining("not a regular file");
    }

    @Test
    void opensRegularFilesOnly() throws Exception {
        Process mkfifo = new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start();
        assertThat(mkfifo.waitFor()).isZero();

        assertThatThrownBy(() -> directory.open(DataPath.of("pipe")))
                .isInstanceOf(IOException.class)
                .hasMessage("not a regular file: \"" + root.resolve("pipe") + "\"");
        assertThatThrownBy(() -> directory.open(DataPath.of("missing")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage("missing");
        try (var file = directory.open(DataPath.of("base/1/1259"))) {
            assertThat(file.size()).isEqualTo(1);
        }
    }

    @Test
    void saysThatAFollowedLinkLeadsNowhere() throws IOException {
        Files.createSymbolicLink(root.resolve("pg_tblspc/16400"), elsewhere.resolve("missing"));
        assertThatThrownBy(() -> directory.list(Set.of(), file -> {}))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(root.resolve("pg_tblspc/16400").toString());
        assertThatThrownBy(() -> DataDirectory.of(root.resolve("missing")).list(Set.of(), file -> {}))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void listsADeepTree() throws IOException {
        Path deepest = root;
        for (int level = 0; level < 400; level++) {
            deepest = deepest.resolve("d");
            Files.createDirectory(deepest);
        }
        List<DataPath> listed = new ArrayList<>();
        directory.list(Set.of(), file -> listed.add(file.path()));

        assertThat(listed).contains(DataPath.of("d/".repeat(399) + "d"));
    }

    @Test
    void doesNotEnterALoopOfLinks() throws IOException {
        Files.createDirectory(root.resolve("PG_there"));
        Files.createSymbolicLink(root.resolve("pg_tblspc/16400"), root);
        Files.createSymbolicLink(root.resolve("pg_wal"), root);
        List<String> listed = new ArrayList<>();
        directory.list(Set.of(), file -> listed.add(file.path().toString()));

        assertThat(listed)
                .contains("pg_tblspc/16400/PG_there", "pg_wal/pg_wal", "pg_wal/base/1/1259")
                .hasSizeLessThan(40);
    }
}
