package org.pgrewind4j.transport.driver;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** What goes to a channel that does not block, for one thread at a time. As with the JDK's sockets, without a time limit. */
final class UnixOutput extends OutputStream {

    private static final int NO_LIMIT = 0;

    private final SocketChannel channel;
    private final Readiness readiness;

    UnixOutput(SocketChannel channel) {
        this.channel = channel;
        this.readiness = new Readiness(channel, SelectionKey.OP_WRITE);
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        try {
            while (buffer.hasRemaining()) {
                if (channel.write(buffer) == 0) {
                    readiness.await(NO_LIMIT);
                }
            }
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
