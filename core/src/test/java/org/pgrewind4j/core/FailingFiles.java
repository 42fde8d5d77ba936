package org.pgrewind4j.core;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.transport.backup.BackupEntry;

/**
 * File operations of a process that dies at one of them: that one and all later ones fail. A write that dies has
 * written its first half.
 */
public final class FailingFiles implements FileOperations {

    private final FileOperations files;
    private final int last;
    private final Predicate<String> lastOperation;
    private int count;
    private boolean isDead;
    private boolean recovers;

    private FailingFiles(FileOperations files, int last, Predicate<String> lastOperation) {
        this.files = files;
        this.last = last;
        this.lastOperation = lastOperation;
    }

    private static FileOperations local(Path directory) throws IOException {
        return new LocalFileOperations(directory, Durability.NO_SYNC);
    }

    /** Dies instead of doing the n-th operation, counted from 1. */
    public static FailingFiles at(int n, FileOperations files) {
        return new FailingFiles(files, n, operation -> false);
    }

    /** Fails at the n-th operation, counted from 1, as a full disk or a broken one does, and continues. */
    static FailingFiles onceAt(int n, FileOperations files) {
        FailingFiles failing = at(n, files);
        failing.recovers = true;
        return failing;
    }

    /** Dies instead of doing the first operation whose description ends with a text, such as {@code move pg_control}. */
    public static FailingFiles before(String end, Path directory) throws IOException {
        return before(end, local(directory));
    }

    /** The same, with file operations of the caller's. */
    static FailingFiles before(String end, FileOperations files) {
        return new FailingFiles(files, Integer.MAX_VALUE, operation -> operation.endsWith(end));
    }

    /** Only counts. */
    static FailingFiles never(Path directory) throws IOException {
        return at(Integer.MAX_VALUE, local(directory));
    }

    /** How many operations were begun, the last one included. */
    public int count() {
        return count;
    }

    private boolean dies(String operation) {
        count += isDead ? 0 : 1;
        if (recovers) {
            return count == last;
        }
        isDead |= count >= last || lastOperation.test(operation);
        return isDead;
    }

    private void live(String operation) throws IOException {
        if (dies(operation)) {
            throw new IOException("died at operation " + count + ": " + operation);
        }
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        live("create " + directory);
        files.createDirectory(directory);
    }

    @Override
    public void createLink(Path link, Path target) throws IOException {
        live("link " + link);
        files.createLink(link, target);
    }

    @Override
    public void createHardLink(Path link, Path file) throws IOException {
        live("link " + link);
        files.createHardLink(link, file);
    }

    @Override
    public WritableFile open(Path file) throws IOException {
        live("open " + file);
        return new FailingFile(files.open(file), file);
    }

    @Override
    public void syncFiles(Collection<Path> synced) throws IOException {
        for (Path file : synced) {
            live("sync " + file);
            files.syncFiles(List.of(file));
        }
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        live("move to " + to);
        files.move(from, to);
    }

    @Override
    public boolean setAttributes(Path path, BackupEntry.Attributes attributes, Optional<Instant> modified)
            throws IOException {
        live("attributes of " + path);
        return files.setAttributes(path, attributes, modified);
    }

    @Override
    public void delete(Path path) throws IOException {
        live("delete " + path);
        files.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        live("sync " + directory);
        files.syncDirectory(directory);
    }

    @Override
    public Optional<Closeable> tryLock(Path file) throws IOException {
        live("lock " + file);
        return files.tryLock(file);
    }

    private final class FailingFile implements WritableFile {
        private final WritableFile file;
        private final Path path;

        FailingFile(WritableFile file, Path path) {
            this.file = file;
            this.path = path;
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            if (dies("write " + path)) {
                file.write(bytes.slice(bytes.position(), bytes.remaining() / 2), position);
                throw new IOException("died at operation " + count + ": write half of " + path);
            }
            file.write(bytes, position);
        }

        @Override
        public long transferFrom(FileChannel source, long offset, long length) throws IOException {
            if (dies("transfer to " + path)) {
                file.transferFrom(source, offset, length / 2);
                throw new IOException("died at operation " + count + ": transfer half to " + path);
            }
            return file.transferFrom(source, offset, length);
        }

        @Override
        public void resize(long size) throws IOException {
            live("resize " + path);
            file.resize(size);
        }

        @Override
        public void sync() throws IOException {
            live("sync " + path);
            file.sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
