package org.pgrewind4j.testkit.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.pgrewind4j.transport.Transport;

/**
 * A transport that waits before each call, and before each piece of a fetch, as one over a slow network does. The wait ends
 * with an interrupt and with {@link #close}, as the contract asks for.
 *
 * <p>Safe for use by several threads.
 */
public final class SlowTransport extends InterceptedTransport {

    private final Duration delay;
    private final CountDownLatch closed = new CountDownLatch(1);

    private SlowTransport(Transport delegate, Duration delay) {
        super(delegate);
        this.delay = delay;
    }

    /**
     * Slows a transport down.
     *
     * @param delegate what calls go to; closed with this
     * @param delay how long each call and each piece of a fetch waits
     * @return a new transport
     */
    public static SlowTransport of(Transport delegate, Duration delay) {
        return new SlowTransport(delegate, delay);
    }

    @Override
    void before(TransportCall call) throws IOException {
        // A call that comes after the closing is the delegate's to refuse.
        pause();
    }

    @Override
    int beforeBytes(int length) throws IOException {
        return pause() ? 0 : length;
    }

    @Override
    IOException afterPart() {
        return new IOException("transport was closed while it was read: " + description());
    }

    /** Returns whether it was closed. */
    private boolean pause() throws InterruptedIOException {
        try {
            return closed.await(delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("interrupted while reading " + description());
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        super.close();
    }
}
