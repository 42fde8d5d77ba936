package org.pgrewind4j.transport.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A connected Unix-domain socket, as far as the driver needs one: reads with a time limit, and an end that wakes whoever
 * waits. The JDK has channels for these sockets but no {@link Socket}, and a channel that blocks knows no time limit. So
 * the channel does not block, and who finds nothing there waits for it in a selector.
 *
 * <p>Why not junixsocket, the library that JDBC users know for this: it brings a native library, unpacks it into the
 * folder for temporary files, which hardened hosts mount without the right to execute, and loading it costs more time than
 * the rest of a connection; from JDK 24 on the JVM warns about it. The JDK's channels need none of that. Only sockets
 * without a file are beyond them: see {@link AbstractSocket}.
 *
 * <p>An interrupt does not end a read, as with the JDK's own sockets: it would leave the driver in the middle of a message.
 */
final class UnixSocket extends Socket {

    private final SocketChannel channel;
    private final UnixInput input;
    private final UnixOutput output;

    private UnixSocket(SocketChannel channel) {
        this.channel = channel;
        this.input = new UnixInput(channel);
        this.output = new UnixOutput(channel);
    }

    /**
     * Connects. The kernel answers at once, unless more connections wait to be accepted than the server has room for; the
     * driver's own limit for a login ends that.
     *
     * @param path the socket
     * @param peer whom the server must run as, null for anybody
     */
    static Socket connect(Path path, @Nullable String peer) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean connected = false;
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            checkPeer(channel, peer);
            channel.configureBlocking(false);
            Socket socket = new UnixSocket(channel);
            connected = true;
            return socket;
        } catch (SocketException e) {
            // A plain exception: of the others the driver says that the server does not listen on TCP.
            throw new IOException("socket \"" + path + "\": " + e.getMessage(), e);
        } finally {
            if (!connected) {
                channel.close();
            }
        }
    }

    /** What libpq does before it sends anything (PostgreSQL 18: src/interfaces/libpq/fe-connect.c, PQconnectPoll). */
    private static void checkPeer(SocketChannel channel, @Nullable String peer) throws IOException {
        if (peer == null) {
            return;
        }
        if (!channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
            throw new IOException("requirepeer is not supported on this platform");
        }
        String actual =
                channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
        if (!actual.equals(peer)) {
            throw new IOException(
                    "requirepeer specifies \"" + peer + "\", but actual peer user name is \"" + actual + "\"");
        }
    }

    @Override
    public InputStream getInputStream() {
        return input;
    }

    @Override
    public OutputStream getOutputStream() {
        return output;
    }

    @Override
    public synchronized void setSoTimeout(int timeout) {
        input.timeout(timeout);
    }

    @Override
    public synchronized int getSoTimeout() {
        return input.timeout();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isBound() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        throw new SocketException("already connected");
    }

    @Override
    public void shutdownInput() throws IOException {
        channel.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    /** Nothing here waits for more to send. */
    @Override
    public void setTcpNoDelay(boolean on) {}

    /** The kernel tells at once when the other side is gone. */
    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public synchronized void setSendBufferSize(int size) throws SocketException {
        set(StandardSocketOptions.SO_SNDBUF, size);
    }

    @Override
    public synchronized int getSendBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_SNDBUF);
    }

    @Override
    public synchronized void setReceiveBufferSize(int size) throws SocketException {
        set(StandardSocketOptions.SO_RCVBUF, size);
    }

    @Override
    public synchronized int getReceiveBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_RCVBUF);
    }

    private void set(SocketOption<Integer> option, int value) throws SocketException {
        try {
            channel.setOption(option, value);
        } catch (IOException e) {
            throw closed(e);
        }
    }

    private int get(SocketOption<Integer> option) throws SocketException {
        try {
            return channel.getOption(option);
        } catch (IOException e) {
            throw closed(e);
        }
    }

    private static SocketException closed(IOException cause) {
        SocketException e = new SocketException("Socket closed");
        e.initCause(cause);
        return e;
    }

    /**
     * Ends reads and writes of other threads too: a registered channel is let go only when its selectors are closed. None
     * of these threads holds this object's lock.
     */
    @Override
    public synchronized void close() throws IOException {
        try (channel) {
            input.close();
            output.close();
        }
    }

    @Override
    public String toString() {
        return "UnixSocket[" + channel + "]";
    }
}
