package org.pgrewind4j.transport.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.UnsafePathException;

/** The clauses on {@link Transport#list}. */
interface ListingContract extends SourceUnderTest {

    @Test
    default void listsEachFileOnceAndParentsFirst() throws IOException {
        write("a/b/c/file", "1");
        Files.createDirectories(place(inSandbox("a/empty")));
        List<DataPath> listed = new ArrayList<>();
        try (Transport transport = open()) {
            transport.list(Set.of(), file -> {
                file.path().parent().ifPresent(parent -> assertThat(listed).contains(parent));
                listed.add(file.path());
            });
        }
        assertThat(listed).doesNotHaveDuplicates();
        assertThat(listed.stream().map(DataPath::toString))
                .contains("PG_VERSION", "base", "base/1", "base/1/PG_VERSION", "global", "global/pg_control")
                .contains("contract/a", "contract/a/b/c/file", "contract/a/empty");
    }

    @Test
    default void listsAllThatLiesThereWithTypesAndSizes() throws IOException {
        write("empty", "");
        write("short", "123");
        write("deep/er/8k", SourceUnderTest.content(8192, 1));
        write("name with blanks, ümläuts and 'quotes\" \\ {}", "x");
        Files.createDirectories(place(inSandbox("folder")));

        assertThat(sandbox(Set.of()))
                .containsExactlyInAnyOrder(
                        SourceFile.directory(SANDBOX),
                        SourceFile.file(inSandbox("empty"), 0),
                        SourceFile.file(inSandbox("short"), 3),
                        SourceFile.directory(inSandbox("deep")),
                        SourceFile.directory(inSandbox("deep/er")),
                        SourceFile.file(inSandbox("deep/er/8k"), 8192),
                        SourceFile.file(inSandbox("name with blanks, ümläuts and 'quotes\" \\ {}"), 1),
                        SourceFile.directory(inSandbox("folder")));
    }

    @Test
    default void reportsClosedDirectoriesWithoutTheirContents() throws IOException {
        write("open/file", "1");
        write("closed/file", "1");
        write("closed/below/file", "1");
        write("open/closed/file", "1");
        write("file", "1");
        Set<DataPath> closed = Set.of(
                inSandbox("closed"),
                inSandbox("open/closed"),
                inSandbox("file"),
                inSandbox("open/file/below"),
                inSandbox("missing"));

        assertThat(sandbox(closed).stream().map(SourceFile::path))
                .containsExactlyInAnyOrder(
                        SANDBOX,
                        inSandbox("open"),
                        inSandbox("open/file"),
                        inSandbox("open/closed"),
                        inSandbox("closed"),
                        inSandbox("file"));
    }

    @Test
    default void followsTablespaces() throws IOException {
        Tablespace tablespace = tablespace();
        DataPath link = tablespace.path();
        Path below = Files.createDirectories(tablespace.location().resolve("PG_below"));
        try {
            SourceUnderTest.readable(Files.write(below.resolve("file"), new byte[7]));

            Map<DataPath, SourceFile> listed = list(Set.of());
            assertThat(listed)
                    .containsEntry(
                            link, SourceFile.symlink(link, tablespace.location().toString()))
                    .containsEntry(link.resolve("PG_below"), SourceFile.directory(link.resolve("PG_below")))
                    .containsEntry(link.resolve("PG_below/file"), SourceFile.file(link.resolve("PG_below/file"), 7));
            assertThat(list(Set.of(link))).containsKey(link).doesNotContainKey(link.resolve("PG_below"));
            try (Transport transport = open()) {
                assertThat(transport.read(link.resolve("PG_below/file"), 7)).hasSize(7);
            }
        } finally {
            ContractFolder.delete(below);
        }
    }

    @Test
    default void listsAnInPlaceTablespaceAsADirectory() throws IOException {
        DataPath tablespace = DataPath.of("pg_tblspc/4000000001");
        Path folder = Files.createDirectory(place(tablespace));
        try {
            Files.write(folder.resolve("PG_file"), new byte[3]);
            assertThat(list(Set.of()))
                    .containsEntry(tablespace, SourceFile.directory(tablespace))
                    .containsEntry(tablespace.resolve("PG_file"), SourceFile.file(tablespace.resolve("PG_file"), 3));
        } finally {
            Files.deleteIfExists(folder.resolve("PG_file"));
            Files.delete(folder);
        }
    }

    @Test
    default void leavesOutWhatIsNotOfTheCluster() throws IOException {
        Tablespace tablespace = tablespace();
        write("file", "1");
        List<Path> others = List.of(
                Files.createDirectory(tablespace.location().resolve("somebody")),
                Files.createDirectory(tablespace.location().resolve("lost+found")),
                Files.createDirectory(place(SANDBOX).resolve("lost+found")),
                Files.createDirectory(place(SANDBOX).resolveSibling("lost+found")));
        try {
            for (Path other : others) {
                Files.createFile(other.resolve("file"));
                // As a file system makes it: nobody but root looks into it.
                Files.setPosixFilePermissions(other, Set.of());
            }

            assertThat(list(Set.of()).keySet().stream().map(DataPath::toString))
                    .contains(SANDBOX + "/file")
                    .noneMatch(path -> path.contains("lost+found") || path.contains("somebody"));
        } finally {
            for (Path other : others) {
                Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwx------"));
                ContractFolder.delete(other);
            }
        }
    }

    @Test
    default void doesNotFollowOtherLinksThatItSees(@TempDir Path elsewhere) throws IOException {
        SourceUnderTest.readable(elsewhere);
        SourceUnderTest.readable(Files.write(elsewhere.resolve("file"), new byte[5]));
        DataPath link = write("link", "");
        Files.delete(place(link));
        Files.createSymbolicLink(place(link), elsewhere);

        List<SourceFile> listed = sandbox(Set.of());
        if (seesLinks()) {
            assertThat(listed)
                    .containsExactlyInAnyOrder(
                            SourceFile.directory(SANDBOX), SourceFile.symlink(link, elsewhere.toString()));
        } else {
            assertThat(listed)
                    .containsExactlyInAnyOrder(
                            SourceFile.directory(SANDBOX),
                            SourceFile.directory(link),
                            SourceFile.file(link.resolve("file"), 5));
        }
    }

    @Test
    default void leavesOutWhatIsNeitherFileNorDirectoryNorLink() throws IOException {
        write("file", "1");
        // The name that a server gives to its socket: one who cannot see types knows it by that.
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(place(inSandbox(".s.PGSQL.5432")));
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(address);
            assertThat(sandbox(Set.of()))
                    .containsExactlyInAnyOrder(SourceFile.directory(SANDBOX), SourceFile.file(inSandbox("file"), 1));
        }
    }

    @Test
    default void refusesANameThatIsNotSafe() throws IOException {
        Files.createDirectories(place(SANDBOX));
        Files.write(place(SANDBOX).resolve("two\nlines"), new byte[1]);
        try (Transport transport = open()) {
            assertThatThrownBy(() -> transport.list(Set.of(), file -> {}))
                    .isInstanceOfSatisfying(
                            UnsafePathException.class, e -> assertThat(e.path()).isEqualTo("contract/two\\u000Alines"));
            assertThat(transport.read(DataPath.of("PG_VERSION"), 100)).isNotEmpty();
        }
    }

    @Test
    default void toleratesFilesThatGoAwayWhileListed() throws IOException {
        for (int i = 0; i < 300; i++) {
            write("goes/" + i + "/file", "1");
        }
        try (Transport transport = open()) {
            transport.list(Set.of(), file -> {
                if (file.path().equals(inSandbox("goes"))) {
                    ContractFolder.delete(place(inSandbox("goes")));
                }
            });
        }
    }

    @Test
    default void endsTheListingWithWhatTheVisitorThrows() throws IOException {
        IOException failure = new IOException("no more");
        try (Transport transport = open()) {
            assertThatThrownBy(() -> transport.list(Set.of(), file -> {
                        throw failure;
                    }))
                    .isSameAs(failure);
            assertThatThrownBy(() -> transport.list(Set.of(), file -> {
                        throw new IllegalCallerException("no more");
                    }))
                    .isInstanceOf(IllegalCallerException.class);
            assertThat(transport.read(DataPath.of("PG_VERSION"), 100)).isNotEmpty();
        }
    }

    @Test
    default void letsTheVisitorCallTheTransport() throws IOException {
        write("file", "content");
        List<byte[]> read = new ArrayList<>();
        try (Transport transport = open()) {
            transport.list(Set.of(), file -> {
                if (file.path().equals(inSandbox("file"))) {
                    read.add(transport.read(file.path(), 100));
                }
            });
        }
        assertThat(read).singleElement().isEqualTo(new byte[] {'c', 'o', 'n', 't', 'e', 'n', 't'});
    }

    private List<SourceFile> sandbox(Set<DataPath> closed) throws IOException {
        return list(closed).values().stream()
                .filter(file -> file.path().startsWith(SANDBOX))
                .toList();
    }

    private Map<DataPath, SourceFile> list(Set<DataPath> closed) throws IOException {
        List<SourceFile> files = new ArrayList<>();
        try (Transport transport = open()) {
            transport.list(closed, files::add);
        }
        return files.stream().collect(Collectors.toMap(SourceFile::path, Function.identity()));
    }
}
