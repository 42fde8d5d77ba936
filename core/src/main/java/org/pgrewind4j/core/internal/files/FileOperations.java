package org.pgrewind4j.core.internal.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.pgrewind4j.transport.backup.BackupEntry;

/**
 * Everything that is ever done to the target's files goes through here, so that one place knows permissions and
 * durability, and a test can let it fail at any operation.
 *
 * <p>Only {@code sync} makes anything durable: a file's content by {@link WritableFile#sync} and
 * {@link #syncFiles}, names in a directory by {@link #syncDirectory}.
 */
public interface FileOperations {

    /** Creates a directory; one that is already there will do. */
    void createDirectory(Path directory) throws IOException;

    /** Creates a symbolic link. */
    void createLink(Path link, Path target) throws IOException;

    /**
     * Gives a file a second name.
     *
     * @throws java.nio.file.FileAlreadyExistsException if something has that name
     */
    void createHardLink(Path link, Path file) throws IOException;

    /** Opens a file for writing, creating it if it is missing. Does not follow a symbolic link. */
    WritableFile open(Path file) throws IOException;

    /** Makes a file of exactly this content, durable. */
    default void write(Path file, byte[] content) throws IOException {
        try (WritableFile writable = open(file)) {
            writable.resize(0);
            writable.write(ByteBuffer.wrap(content), 0);
            writable.sync();
        }
    }

    /**
     * Makes contents and sizes of files durable.
     *
     * @throws java.nio.file.NoSuchFileException if one of them is missing
     */
    void syncFiles(Collection<Path> files) throws IOException;

    /**
     * Moves a file in one step, in the place of what is there, whose owner and permissions it takes over.
     *
     * @throws java.nio.file.AtomicMoveNotSupportedException if the two places are on different file systems
     */
    void move(Path from, Path to) throws IOException;

    /** Removes a file, link or empty directory; one that is missing will do. */
    void delete(Path path) throws IOException;

    /**
     * Gives a file or directory, which is no link, owner, permissions and time. Only root changes an owner; a name that
     * nobody has here stands for the data directory's owner. Bits beyond those for reading, writing and executing are
     * left out.
     *
     * @param modified the time; empty to leave it
     * @return whether owner or permissions were others before
     */
    boolean setAttributes(Path path, BackupEntry.Attributes attributes, Optional<Instant> modified) throws IOException;

    /** Makes the names in a directory durable. */
    void syncDirectory(Path directory) throws IOException;

    /**
     * Locks a file, creating it if it is missing, until the lock is closed or the process ends.
     *
     * @return the lock, empty if another process or channel has it
     */
    Optional<Closeable> tryLock(Path file) throws IOException;

    /** A file open for writing. */
    interface WritableFile extends Closeable {

        /** Writes all remaining bytes. */
        void write(ByteBuffer bytes, long position) throws IOException;

        /**
         * Has the operating system copy a part of another file, if it can, so that nothing passes through this process.
         *
         * @param source the file to copy from
         * @param offset where the part begins, there and here
         * @return how many bytes were copied, from there on: 0 at the end of that file, or if it cannot
         */
        long transferFrom(FileChannel source, long offset, long length) throws IOException;

        /** Gives the file exactly this size: cuts it, or extends it with zeros. */
        void resize(long size) throws IOException;

        /** Makes content and size durable. */
        void sync() throws IOException;
    }
}
