package org.pgrewind4j.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.util.Optional;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * Keeps the two promises that every transport makes of each call: it ends soon after an interrupt, whose status stays set,
 * and after {@link Transport#close} by another thread. A transport asks at the start of each call, and again wherever the
 * call can stop.
 *
 * <p>Safe for use by several threads.
 */
public final class CallGuard {

    private final String description;
    private volatile boolean closed;

    /**
     * Makes an open guard.
     *
     * @param description names the source in errors
     */
    public CallGuard(String description) {
        this.description = description;
    }

    /**
     * Starts a call.
     *
     * @throws IllegalStateException if the transport is closed
     * @throws InterruptedIOException if the thread is interrupted
     */
    public void enter() throws InterruptedIOException {
        if (closed) {
            throw new IllegalStateException("transport is closed: " + description);
        }
        checkInterrupt();
    }

    /**
     * Continues a call.
     *
     * @throws InterruptedIOException if the thread is interrupted
     * @throws IOException if the transport was closed since the call started
     */
    public void proceed() throws IOException {
        if (closed) {
            throw new IOException("transport was closed while it was read: " + description);
        }
        checkInterrupt();
    }

    /**
     * Reads a piece of a file.
     *
     * @param file open for reading
     * @param target takes as many bytes as it has room for, at most
     * @param position the first byte's, counted from the start of the file
     * @return how many bytes were read, -1 behind the end of the file
     * @throws InterruptedIOException if the thread is interrupted
     * @throws IOException if the file cannot be read, or the transport was closed since the call started
     */
    public int read(FileChannel file, ByteBuffer target, long position) throws IOException {
        proceed();
        try {
            return file.read(target, position);
        } catch (ClosedByInterruptException e) {
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while reading " + description);
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    /**
     * Guards a source of WAL.
     *
     * @param wal the source
     * @return the same segments and history files; each call starts at this guard
     */
    public WalSegmentSource guard(WalSegmentSource wal) {
        return new WalSegmentSource() {
            @Override
            public Optional<WalSegment> open(WalSegmentName name) throws IOException {
                enter();
                return wal.open(name);
            }

            @Override
            public Optional<TimelineHistory> history(TimelineId timeline) throws IOException {
                enter();
                return wal.history(timeline);
            }
        };
    }

    private void checkInterrupt() throws InterruptedIOException {
        // Asks without clearing: the caller's own loop has to see the interrupt too.
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while reading " + description);
        }
    }

    /**
     * Closes the guard.
     *
     * @return true the first time
     */
    public synchronized boolean close() {
        boolean first = !closed;
        closed = true;
        return first;
    }
}
