package org.pgrewind4j.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;

/** Whether a transport may go on: asked at the begin of each call, and again wherever a call can stop. */
final class Gate {

    private final String description;
    private volatile boolean closed;

    Gate(String description) {
        this.description = description;
    }

    /** Begins a call. */
    void enter() throws InterruptedIOException {
        if (closed) {
            throw new IllegalStateException("transport is closed: " + description);
        }
        checkInterrupt();
    }

    /** Goes on with a call. */
    void proceed() throws IOException {
        if (closed) {
            throw new IOException("transport was closed while it was read: " + description);
        }
        checkInterrupt();
    }

    /** Reads a piece of a file, at most as much as the buffer has room for; -1 behind the file's end. */
    int read(FileChannel file, ByteBuffer target, long position) throws IOException {
        proceed();
        try {
            return file.read(target, position);
        } catch (ClosedByInterruptException e) {
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while reading " + description);
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    private void checkInterrupt() throws InterruptedIOException {
        // Asks without clearing: the caller's own loop has to see the interrupt too.
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while reading " + description);
        }
    }

    /** Closes the gate; true the first time. */
    synchronized boolean close() {
        boolean first = !closed;
        closed = true;
        return first;
    }
}
