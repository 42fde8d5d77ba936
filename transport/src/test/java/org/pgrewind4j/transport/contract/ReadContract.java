package org.pgrewind4j.transport.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.wal.control.ControlFile;

/** The clauses on {@link Transport#read} and {@link Transport#controlFile}. */
interface ReadContract extends SourceUnderTest {

    @Test
    default void readsAFileWhole() throws IOException {
        byte[] content = SourceUnderTest.content(100_000, 1);
        DataPath path = write("folder/file", content);
        DataPath empty = write("empty", "");
        try (Transport transport = open()) {
            assertThat(transport.read(path, 1_000_000)).isEqualTo(content);
            assertThat(transport.read(path, Integer.MAX_VALUE)).isEqualTo(content);
            assertThat(transport.read(empty, 0)).isEmpty();
        }
    }

    @Test
    default void takesFilesUpToTheGreatestLengthAndNoLonger() throws IOException {
        byte[] content = SourceUnderTest.content(20_000, 1);
        DataPath path = write("file", content);
        try (Transport transport = open()) {
            assertThat(transport.read(path, 20_000)).isEqualTo(content);
            assertThatThrownBy(() -> transport.read(path, 19_999))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining(transport.description());
            assertThatThrownBy(() -> transport.read(path, 0)).isInstanceOf(IOException.class);
        }
    }

    @Test
    default void namesAFileThatIsNotThere() throws IOException {
        try (Transport transport = open()) {
            assertThatThrownBy(() -> transport.read(inSandbox("missing"), 10))
                    .isInstanceOfSatisfying(
                            NoSuchFileException.class,
                            e -> assertThat(e.getFile()).isEqualTo("contract/missing"));
            assertThatThrownBy(() -> transport.read(inSandbox("no/folder/either"), 10))
                    .isInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    default void doesNotReadADirectory() throws IOException {
        try (Transport transport = open()) {
            assertThatThrownBy(() -> transport.read(DataPath.of("global"), 100))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("global");
        }
    }

    @Test
    default void refusesANegativeLength() throws IOException {
        try (Transport transport = open()) {
            assertThatThrownBy(() -> transport.read(DataPath.of("PG_VERSION"), -1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    default void doesNotReadThroughALinkThatItSees(@TempDir Path elsewhere) throws IOException {
        SourceUnderTest.readable(elsewhere);
        SourceUnderTest.readable(Files.write(elsewhere.resolve("secret"), new byte[5]));
        write("file", "1");
        Files.createSymbolicLink(place(inSandbox("link")), elsewhere);
        if (seesLinks()) {
            try (Transport transport = open()) {
                assertThatThrownBy(() -> transport.read(inSandbox("link/secret"), 100))
                        .isInstanceOfSatisfying(
                                UnsafePathException.class,
                                e -> assertThat(e.path()).isEqualTo("contract/link/secret"));
            }
        }
    }

    @Test
    default void readsTheControlFile() throws IOException {
        byte[] lies = Files.readAllBytes(place(DataPath.CONTROL_FILE));
        try (Transport transport = open()) {
            ControlFile controlFile = transport.controlFile();
            assertThat(controlFile.systemIdentifier())
                    .isEqualTo(ControlFile.parse(lies).systemIdentifier());
        }
    }
}
