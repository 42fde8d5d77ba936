package org.pgrewind4j.transport.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.contract.Network;
import org.pgrewind4j.transport.contract.TransportContractTest;

/** The contract over a tar file that is made of a stopped data directory when it is opened. */
@Tag("server")
class TarBackupContractTest extends TransportContractTest {

    private static final DataPath TABLESPACE = DataPath.of("pg_tblspc/4000000002");

    @TempDir
    private static Path folder;

    private static PostgresServer server;

    @BeforeAll
    static void initialize() throws IOException {
        server = PostgresServer.builder(ServerRelease.of("15")).build();
        server.initialize();
        // Nobody asks for them, and the tar file is made often.
        try (Stream<Path> files = Files.walk(server.dataDirectory().resolve("base"))) {
            for (Path file : files.filter(path -> path.getFileName().toString().matches("[0-9]+_?[a-z]*"))
                    .filter(Files::isRegularFile)
                    .toList()) {
                Files.delete(file);
            }
        }
        try (Stream<Path> segments = Files.list(server.dataDirectory().resolve("pg_wal"))) {
            for (Path segment : segments.filter(Files::isRegularFile).toList()) {
                Files.write(segment, new byte[8192]);
            }
        }
    }

    // What changes behind an open source does not change in a tar file, and what is wrong with that shows when it is
    // opened.

    @Override
    public void refusesANameThatIsNotSafe() {}

    @Override
    public void toleratesAFileThatShrinksMeanwhile() {}

    @Override
    public void opensSegments() {}

    @Override
    public void readsTheHistoryOfATimelineThatItKnows() {}

    @Override
    public void findsOutThatAStoppedSourceHasChanged() {}

    @AfterAll
    static void remove() {
        server.close();
    }

    @Override
    public Path dataDirectory() {
        return server.dataDirectory();
    }

    @Override
    public Transport open() throws IOException {
        try (TarArchiveOutputStream tar = create(folder.resolve("base.tar"))) {
            pack(dataDirectory(), tar);
        }
        Path link = place(TABLESPACE);
        Path ofTablespace = folder.resolve("4000000002.tar");
        Files.deleteIfExists(ofTablespace);
        if (Files.exists(link)) {
            try (TarArchiveOutputStream tar = create(ofTablespace)) {
                pack(link.toRealPath(), tar);
            }
        }
        return BaseBackup.open(folder);
    }

    private static TarArchiveOutputStream create(Path file) throws IOException {
        OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        return tar;
    }

    private static void pack(Path root, TarArchiveOutputStream tar) throws IOException {
        List<Path> paths;
        try (Stream<Path> all = Files.walk(root)) {
            paths = all.filter(path -> !path.equals(root)).toList();
        }
        for (Path path : paths) {
            String name = root.relativize(path).toString();
            if (Files.isSymbolicLink(path)) {
                TarArchiveEntry link = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
                link.setLinkName(Files.readSymbolicLink(path).toString());
                tar.putArchiveEntry(link);
                tar.closeArchiveEntry();
            } else if (Files.isDirectory(path)) {
                tar.putArchiveEntry(new TarArchiveEntry(name + "/"));
                tar.closeArchiveEntry();
            } else if (Files.isRegularFile(path)) {
                TarArchiveEntry file = new TarArchiveEntry(name);
                file.setSize(Files.size(path));
                tar.putArchiveEntry(file);
                Files.copy(path, tar);
                tar.closeArchiveEntry();
            }
        }
    }

    @Override
    public SourceMode mode() {
        return SourceMode.STOPPED;
    }

    @Override
    public boolean seesLinks() {
        return true;
    }

    @Override
    public Tablespace tablespace() throws IOException {
        Path location = dataDirectory().resolveSibling("space");
        if (Files.notExists(location)) {
            Files.createDirectory(location);
            Files.createSymbolicLink(place(TABLESPACE), location);
        }
        return new Tablespace(TABLESPACE, location);
    }

    @Override
    public Optional<Network> network() {
        return Optional.empty();
    }
}
