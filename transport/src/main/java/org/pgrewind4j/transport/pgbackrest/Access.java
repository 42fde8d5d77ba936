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

/** Whether a backup may be read further, and the way to its files. */
final class Access {

    private final String description;
    private volatile boolean isClosed;

    Access(String description) {
        this.description = description;
    }

    String description() {
        return description;
    }

    /** Begins a call. */
    void enter() throws InterruptedIOException {
        if (isClosed) {
            throw new IllegalStateException("transport is closed: " + description);
        }
        checkInterrupt();
    }

    /** Goes on with a call. */
    void proceed() throws IOException {
        if (isClosed) {
            throw new IOException("transport was closed while it was read: " + description);
        }
        checkInterrupt();
    }

    private void checkInterrupt() throws InterruptedIOException {
        // Asks without clearing: the caller's own loop has to see the interrupt too.
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while reading " + description);
        }
    }

    void close() {
        isClosed = true;
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

    private final class Part extends InputStream {
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
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
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
