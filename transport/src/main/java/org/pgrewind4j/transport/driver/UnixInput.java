package org.pgrewind4j.transport.driver;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** What comes from a channel that does not block, for one thread at a time. */
final class UnixInput extends InputStream {

    /** More at a time is no faster, and the JDK would keep a buffer of its own as large for each thread. */
    private static final int GREATEST = 1 << 16;

    private final SocketChannel channel;
    private final Readiness readiness;
    private volatile int timeoutMillis;

    UnixInput(SocketChannel channel) {
        this.channel = channel;
        this.readiness = new Readiness(channel, SelectionKey.OP_READ);
    }

    int timeout() {
        return timeoutMillis;
    }

    void timeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, Math.min(length, GREATEST));
        if (length == 0) {
            return 0;
        }
        try {
            int read = channel.read(buffer);
            while (read == 0) {
                readiness.await(timeoutMillis);
                read = channel.read(buffer);
            }
            return read;
        } catch (ClosedChannelException e) {
            throw new SocketException("Socket closed");
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            readiness.close();
        }
    }
}
