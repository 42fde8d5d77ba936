package org.pgrewind4j.examples.socket;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.UnsafePathException;

/** A connection for one call. It waits in small pieces, so that an interrupt or the transport's end is seen soon. */
final class Connection implements Closeable {

    private static final int GLANCE_MILLIS = 50;

    private final Socket socket;
    private final String description;
    private final DataInputStream in;
    private final DataOutputStream out;

    private Connection(Socket socket, Duration patience, CallGuard guard, String description) throws IOException {
        this.socket = socket;
        this.description = description;
        socket.setSoTimeout(GLANCE_MILLIS);
        this.in = new DataInputStream(
                new BufferedInputStream(new Waiting(socket.getInputStream(), patience, guard, description)));
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    static Connection open(InetSocketAddress server, Duration patience, CallGuard guard, String description)
            throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(server, Math.toIntExact(patience.toMillis()));
            return new Connection(socket, patience, guard, description);
        } catch (SocketTimeoutException e) {
            socket.close();
            throw new IOException(description + ": no connection within " + patience, e);
        } catch (IOException e) {
            socket.close();
            throw new IOException(description + ": " + e.getMessage(), e);
        }
    }

    DataInputStream in() {
        return in;
    }

    DataOutputStream out() {
        return out;
    }

    /** What the server says went wrong. A path that leads out is no {@link IOException}, and thrown at once. */
    IOException failure() throws IOException {
        int kind = in.readUnsignedByte();
        String path = in.readUTF();
        String message = in.readUTF();
        if (kind == Wire.LEADS_OUT) {
            throw new UnsafePathException(path, description + ": " + message);
        }
        return kind == Wire.MISSING
                ? new NoSuchFileException(path, null, "not in the " + description)
                : new IOException(description + ": " + message);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Waits no longer than its patience lasts, and looks up meanwhile. */
    private static final class Waiting extends InputStream {
        private final InputStream in;
        private final Duration patience;
        private final CallGuard guard;
        private final String description;

        Waiting(InputStream in, Duration patience, CallGuard guard, String description) {
            this.in = in;
            this.patience = patience;
            this.guard = guard;
            this.description = description;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            long deadline = System.nanoTime() + patience.toNanos();
            while (System.nanoTime() - deadline < 0) {
                guard.proceed();
                try {
                    return in.read(buffer, offset, length);
                } catch (SocketTimeoutException e) {
                    // Nothing has come yet.
                }
            }
            throw new IOException(description + ": has said nothing for " + patience);
        }
    }
}
