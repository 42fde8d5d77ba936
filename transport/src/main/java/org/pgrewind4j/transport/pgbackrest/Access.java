package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.codec.BulkInputStream;
import org.pgrewind4j.wal.WalSegmentSource;

/** Whether a backup may be read further, and the way to its files. */
final class Access {

    private final String description;
    private final CallGuard gate;

    Access(String description) {
        this.description = description;
        this.gate = new CallGuard(description);
    }

    String description() {
        return description;
    }

    /** Begins a call. */
    void enter() throws InterruptedIOException {
        gate.enter();
    }

    /** Goes on with a call. */
    void proceed() throws IOException {
        gate.proceed();
    }

    WalSegmentSource guard(WalSegmentSource wal) {
        return gate.guard(wal);
    }

    void close() {
        gate.close();
    }

    /**
     * Opens a file of the repository.
     *
     * @throws NoSuchFileException if it is not there
     */
    FileChannel open(Path file) throws IOException {
        proceed();
        // Looked at first: opening a pipe would wait until someone writes to it.
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw BackrestException.in(file, "expected a file, found something else");
        }
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    /**
     * A part of a file as a stream, with the file as its own.
     *
     * @param file named in errors
     * @param channel the open file, closed with the stream
     * @param offset where the part begins
     * @param length how long it is
     * @return the stream; it ends early where the file does
     */
    InputStream part(Path file, FileChannel channel, long offset, long length) {
        return new Part(file, channel, offset, length);
    }

    private final class Part extends BulkInputStream {
        private final Path file;
        private final FileChannel channel;
        private final long end;
        private long position;

        Part(Path file, FileChannel channel, long offset, long length) {
            this.file = file;
            this.channel = channel;
            this.position = offset;
            this.end = offset + length;
        }

        @Override
        public int read(byte[] target, int offset, int wanted) throws IOException {
            proceed();
            if (wanted == 0) {
                return 0;
            }
            if (position >= end) {
                return -1;
            }
            int length = (int) Math.min(wanted, end - position);
            try {
                int read = channel.read(ByteBuffer.wrap(target, offset, length), position);
                position += Math.max(0, read);
                return read;
            } catch (ClosedByInterruptException e) {
                InterruptedIOException interrupted = new InterruptedIOException("interrupted while reading " + file);
                interrupted.initCause(e);
                throw interrupted;
            }
        }

        @Override
        public int available() {
            return 0;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
