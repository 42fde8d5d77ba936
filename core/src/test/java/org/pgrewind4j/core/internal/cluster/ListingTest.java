package org.pgrewind4j.core.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.ListedFiles;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.control.ControlFile;

class ListingTest {

    private static final RelationGeometry GEOMETRY = new RelationGeometry(PostgresVersion.V17, 8192, 131072);

    private final ListedFiles files = new ListedFiles().file("base/5/1", 1).file("PG_VERSION", 3);

    @TempDir
    private Path directory;

    @BeforeEach
    void makeDataDirectory() throws IOException {
        Files.createDirectory(directory.resolve("global"));
        Files.write(DataPath.CONTROL_FILE.in(directory), new byte[ControlFile.SIZE]);
    }

    @AfterEach
    void noThreadIsLeft() {
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals(Listing.THREAD_NAME));
    }

    @Test
    void listsEachSideInTheOrderOfItsPaths() throws IOException {
        try (LocalDirectoryTransport target = LocalDirectoryTransport.open(directory)) {
            Listing.Both listings = Listing.ofBoth(files, target, GEOMETRY);

            assertThat(listings.source().files())
                    .extracting(file -> file.path().toString())
                    .containsExactly("PG_VERSION", "base/5/1");
            assertThat(listings.target().files())
                    .extracting(file -> file.path().toString())
                    .containsExactly("global", "global/pg_control");
        }
    }

    @Test
    void findsWhatIsListed() throws IOException {
        Listing listing = files.directory("base").listing(GEOMETRY);

        assertThat(listing.find(DataPath.of("base/5/1"))).contains(SourceFile.file(DataPath.of("base/5/1"), 1));
        assertThat(listing.find(DataPath.of("base/5"))).isEmpty();
    }

    @Test
    void endsWithTheFailureOfEitherSide() throws IOException {
        LocalDirectoryTransport closed = LocalDirectoryTransport.open(directory);
        closed.close();

        assertThatThrownBy(() -> Listing.ofBoth(closed, files, GEOMETRY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("transport is closed");
        assertThatThrownBy(() -> Listing.ofBoth(files, closed, GEOMETRY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("transport is closed");
    }

    @Test
    void endsOnAnInterruptAndKeepsTheThreadInterrupted() throws IOException {
        try (LocalDirectoryTransport source = LocalDirectoryTransport.open(directory)) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> Listing.ofBoth(source, files, GEOMETRY))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
