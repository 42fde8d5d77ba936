package org.pgrewind4j.transport.contract;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;

/**
 * What the contract's tests need to know: a source whose files lie on this machine, and how a transport is opened over it.
 * The tests add files below a folder {@code contract} of the data directory and remove them again.
 */
public interface SourceUnderTest {

    /** The folder that tests put their files in. */
    DataPath SANDBOX = DataPath.of("contract");

    /**
     * Opens the transport under test; the caller closes it.
     *
     * @return a new transport over {@link #dataDirectory}
     * @throws IOException if it cannot be opened, which fails the test
     */
    Transport open() throws IOException;

    /**
     * The source's data directory, in which the tests put, change and remove files. What the transport reads must be
     * what lies there at that moment.
     *
     * @return a data directory that an {@code initdb} made
     */
    Path dataDirectory();

    /**
     * What the source is.
     *
     * @return what {@link Transport#mode} is to say
     */
    SourceMode mode();

    /**
     * Whether the transport can tell symbolic links, sockets and pipes from what they lead to.
     *
     * @return false if it knows the links of tablespaces only
     */
    boolean seesLinks();

    /**
     * A tablespace of the source.
     *
     * @param path where it is linked in, below {@code pg_tblspc}
     * @param location the directory that the link leads to, outside the data directory
     */
    record Tablespace(DataPath path, Path location) {}

    /**
     * Gives the source a tablespace, if it has none yet.
     *
     * @return the tablespace, whose directory the tests may put files in
     * @throws IOException if it cannot be added, which fails the test
     */
    Tablespace tablespace() throws IOException;

    /**
     * What lies between the transport and its source.
     *
     * @return a new network; empty if the source is on this machine, so that there are no round trips to count and nobody to
     *     wait for
     * @throws IOException if it cannot be set up, which fails the test
     */
    Optional<Network> network() throws IOException;

    /**
     * How long a call is waited for that has to end by itself.
     *
     * @return far longer than any time limit of the transports that {@link Network#open} opens
     */
    default Duration patience() {
        return Duration.ofMinutes(1);
    }

    /** Where a file of the source lies. */
    default Path place(DataPath path) {
        return path.in(dataDirectory());
    }

    /** Names a file in the tests' folder. */
    default DataPath inSandbox(String name) {
        return SANDBOX.resolve(name);
    }

    /** Writes a file into the tests' folder. */
    default DataPath write(String name, byte[] content) throws IOException {
        DataPath path = inSandbox(name);
        Files.createDirectories(place(path).getParent());
        Files.write(place(path), content);
        return path;
    }

    /** Writes a text file into the tests' folder. */
    default DataPath write(String name, String content) throws IOException {
        return write(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes that differ everywhere, so that a piece in the wrong place shows. */
    static byte[] content(int length, long seed) {
        byte[] content = new byte[length];
        new Random(seed).nextBytes(content);
        return content;
    }

    /** Makes a file or folder readable for a server that runs under another account. */
    static Path readable(Path path) throws IOException {
        return Files.setPosixFilePermissions(
                path, PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
