package org.pgrewind4j.examples.socket;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** Serves the data directory of a stopped server to {@link SocketTransport}, on this machine only. */
final class DirectoryServer implements Closeable {

    private static final System.Logger LOG = System.getLogger(DirectoryServer.class.getName());

    private final Transport directory;
    private final ServerSocket socket;
    private final Runnable beforeAnswer;

    private DirectoryServer(Transport directory, ServerSocket socket, Runnable beforeAnswer) {
        this.directory = directory;
        this.socket = socket;
        this.beforeAnswer = beforeAnswer;
    }

    /**
     * Starts to serve.
     *
     * @param dataDirectory what is served
     * @param beforeAnswer is called for each request, before it is answered
     */
    static DirectoryServer start(Path dataDirectory, Runnable beforeAnswer) throws IOException {
        ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        DirectoryServer server = new DirectoryServer(LocalDirectoryTransport.open(dataDirectory), socket, beforeAnswer);
        begin("directory-server", server::accept);
        return server;
    }

    private static void begin(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                begin("directory-server-request", () -> serve(client));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "no more clients: {0}", e.getMessage());
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(client.getOutputStream()))) {
            new Answer(in, out).give();
        } catch (IOException | IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "a client went away, or the server ended: {0}", e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        try (directory) {
            socket.close();
        }
    }

    /** The answer to one request. */
    private final class Answer implements SourceFileVisitor, RangeReceiver {
        private final DataInputStream in;
        private final DataOutputStream out;

        Answer(DataInputStream in, DataOutputStream out) {
            this.in = in;
            this.out = out;
        }

        void give() throws IOException {
            int request = in.readUnsignedByte();
            try {
                answer(request);
                out.writeByte(Wire.DONE);
            } catch (NoSuchFileException e) {
                failed(Wire.MISSING, e.getFile(), e);
            } catch (UnsafePathException e) {
                failed(Wire.LEADS_OUT, e.path(), e);
            } catch (IOException | PgRewindException e) {
                failed(Wire.ANY, "", e);
            }
            out.flush();
        }

        private void failed(int kind, String path, Exception e) throws IOException {
            out.writeByte(Wire.FAILED);
            out.writeByte(kind);
            out.writeUTF(path);
            out.writeUTF(PgRewindException.describe(e));
        }

        private void answer(int request) throws IOException {
            switch (request) {
                case Wire.LIST -> {
                    Set<DataPath> closed = new HashSet<>();
                    for (int left = in.readInt(); left > 0; left--) {
                        closed.add(DataPath.of(in.readUTF()));
                    }
                    beforeAnswer.run();
                    directory.list(closed, this);
                }
                case Wire.READ -> {
                    DataPath path = DataPath.of(in.readUTF());
                    int maxLength = in.readInt();
                    beforeAnswer.run();
                    bytes(0, 0, ByteBuffer.wrap(directory.read(path, maxLength)));
                }
                case Wire.FETCH -> {
                    List<FileRange> ranges = new ArrayList<>();
                    for (int left = in.readInt(); left > 0; left--) {
                        ranges.add(new FileRange(DataPath.of(in.readUTF()), in.readLong(), in.readLong()));
                    }
                    beforeAnswer.run();
                    directory.fetch(ranges, this);
                }
                case Wire.PROBLEMS -> {
                    beforeAnswer.run();
                    for (SourceProblem problem : directory.problems()) {
                        out.writeByte(Wire.PROBLEM);
                        out.writeUTF(problem.kind().name());
                        out.writeUTF(problem.message());
                        out.writeUTF(problem.cure());
                    }
                }
                default -> throw new IOException("a request that is none: " + request);
            }
        }

        @Override
        public void visit(SourceFile file) throws IOException {
            out.writeByte(Wire.ENTRY);
            out.writeUTF(file.path().toString());
            out.writeUTF(file.type().name());
            out.writeLong(file.size());
            out.writeUTF(file.linkTarget());
        }

        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
            byte[] buffer = new byte[Math.min(Wire.CHUNK, chunk.remaining())];
            for (long at = offset; chunk.hasRemaining(); ) {
                int length = Math.min(buffer.length, chunk.remaining());
                chunk.get(buffer, 0, length);
                out.writeByte(Wire.BYTES);
                out.writeInt(range);
                out.writeLong(at);
                out.writeInt(length);
                out.write(buffer, 0, length);
                at += length;
            }
        }

        @Override
        public void end(int range, long delivered) throws IOException {
            out.writeByte(Wire.END);
            out.writeInt(range);
            out.writeLong(delivered);
        }

        @Override
        public void vanished(int range) throws IOException {
            out.writeByte(Wire.VANISHED);
            out.writeInt(range);
        }
    }
}
