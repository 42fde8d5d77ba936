package org.pgrewind4j.transport.driver;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits until a channel that does not block can be read, or written. The selector is made when there is something to wait for. */
final class Readiness implements Closeable {

    private final SocketChannel channel;
    private final int operation;
    private @Nullable Selector selector;
    private boolean closed;

    Readiness(SocketChannel channel, int operation) {
        this.channel = channel;
        this.operation = operation;
    }

    /**
     * Waits, for one thread at a time.
     *
     * @param millis how long, 0 for as long as it takes
     * @throws SocketTimeoutException after that time
     * @throws SocketException if the channel is closed meanwhile
     */
    void await(int millis) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        boolean interrupted = false;
        try {
            Selector waiting = selector();
            for (long left = millis; select(waiting, left) == 0; left = millisUntil(end, millis)) {
                // An interrupt ends the selection, and each one from then on unless it is noted elsewhere.
                interrupted |= Thread.interrupted();
                if (left < 0) {
                    throw new SocketTimeoutException("Read timed out");
                }
            }
            waiting.selectedKeys().clear();
        } catch (ClosedSelectorException | ClosedChannelException e) {
            throw closed();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static int select(Selector waiting, long millis) throws IOException {
        return millis < 0 ? waiting.selectNow() : waiting.select(millis);
    }

    /** What is left; -1 once it is over, 0 if there is no limit. */
    private static long millisUntil(long end, int millis) {
        long left = end - System.nanoTime();
        return millis == 0 ? 0 : left <= 0 ? -1 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(left));
    }

    private synchronized Selector selector() throws IOException {
        if (closed) {
            throw closed();
        }
        if (selector == null) {
            selector = channel.provider().openSelector();
            channel.register(selector, operation);
        }
        return selector;
    }

    private static SocketException closed() {
        return new SocketException("Socket closed");
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (selector != null) {
            selector.close();
        }
    }
}
