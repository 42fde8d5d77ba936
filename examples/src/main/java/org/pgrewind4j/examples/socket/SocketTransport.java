package org.pgrewind4j.examples.socket;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;

/** Reads a data directory from a {@link DirectoryServer}: a connection for each call, and one round trip in it. */
final class SocketTransport implements Transport {

    private final InetSocketAddress server;
    private final Duration patience;
    private final CallGuard guard;
    private final ControlFile opened;

    private SocketTransport(InetSocketAddress server, Duration patience) throws IOException {
        this.server = server;
        this.patience = patience;
        this.guard = new CallGuard(description());
        this.opened = controlFile();
    }

    /**
     * Opens a transport.
     *
     * @param server where the server listens
     * @param patience how long it may say nothing
     */
    static SocketTransport open(InetSocketAddress server, Duration patience) throws IOException {
        return new SocketTransport(server, patience);
    }

    @Override
    public String description() {
        return "directory served by " + server.getHostString() + ":" + server.getPort();
    }

    /** The arguments of a request. */
    private interface Arguments {
        void write(DataOutputStream out) throws IOException;
    }

    /** Takes one item of an answer; false if it does not belong there. */
    private interface Items {
        boolean take(int item, DataInputStream in) throws IOException;
    }

    private void call(int request, Arguments arguments, Items items) throws IOException {
        guard.enter();
        try (Connection connection = Connection.open(server, patience, guard, description())) {
            connection.out().writeByte(request);
            arguments.write(connection.out());
            connection.out().flush();
            DataInputStream in = connection.in();
            for (int item = in.readUnsignedByte(); item != Wire.DONE; item = in.readUnsignedByte()) {
                if (item == Wire.FAILED) {
                    throw connection.failure();
                }
                if (!items.take(item, in)) {
                    throw unexpected("item " + item);
                }
                // A callback may have interrupted this thread, or closed this transport.
                guard.proceed();
            }
        }
    }

    private IOException unexpected(String what) {
        return new IOException(description() + ": an answer that was not asked for: " + what);
    }

    @Override
    public SourceMode mode() throws IOException {
        guard.enter();
        return SourceMode.STOPPED;
    }

    @Override
    public List<SourceProblem> problems() throws IOException {
        List<SourceProblem> problems = new ArrayList<>();
        call(Wire.PROBLEMS, out -> {}, (item, in) -> {
            if (item == Wire.PROBLEM) {
                SourceProblem.Kind kind = constant(SourceProblem.Kind.class, in.readUTF());
                problems.add(new SourceProblem(kind, in.readUTF(), in.readUTF()));
            }
            return item == Wire.PROBLEM;
        });
        return problems;
    }

    private <E extends Enum<E>> E constant(Class<E> type, String name) throws IOException {
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            throw unexpected(type.getSimpleName());
        }
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        requireNonNull(visitor, "visitor");
        Arguments arguments = out -> {
            out.writeInt(closed.size());
            for (DataPath path : closed) {
                out.writeUTF(path.toString());
            }
        };
        call(Wire.LIST, arguments, (item, in) -> {
            if (item == Wire.ENTRY) {
                DataPath path = DataPath.of(in.readUTF());
                SourceFile.Type type = constant(SourceFile.Type.class, in.readUTF());
                visitor.visit(entry(path, type, in.readLong(), in.readUTF()));
            }
            return item == Wire.ENTRY;
        });
    }

    private SourceFile entry(DataPath path, SourceFile.Type type, long size, String linkTarget) throws IOException {
        try {
            return new SourceFile(path, type, size, linkTarget);
        } catch (IllegalArgumentException e) {
            throw unexpected(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        requireNonNull(path, "path");
        if (maxLength < 0) {
            throw new IllegalArgumentException("maxLength: " + maxLength);
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Arguments arguments = out -> {
            out.writeUTF(path.toString());
            out.writeInt(maxLength);
        };
        call(Wire.READ, arguments, (item, in) -> {
            if (item == Wire.BYTES) {
                int range = in.readInt();
                long offset = in.readLong();
                int length = in.readInt();
                if (range != 0 || offset != content.size() || length < 0 || length > maxLength - content.size()) {
                    throw unexpected("more of \"" + path + "\" than " + maxLength + " bytes");
                }
                content.writeBytes(bytes(in, length));
            }
            return item == Wire.BYTES;
        });
        return content.toByteArray();
    }

    /** Nothing is allocated by a length that the server gave, beyond a chunk. */
    private byte[] bytes(DataInputStream in, int length) throws IOException {
        if (length > Wire.CHUNK) {
            throw unexpected("a piece of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        requireNonNull(receiver, "receiver");
        Arguments arguments = out -> {
            out.writeInt(ranges.size());
            for (FileRange range : ranges) {
                out.writeUTF(range.path().toString());
                out.writeLong(range.offset());
                out.writeLong(range.length());
            }
        };
        AskedRanges asked = new AskedRanges(ranges);
        call(Wire.FETCH, arguments, (item, in) -> {
            switch (item) {
                case Wire.BYTES -> {
                    int range = in.readInt();
                    long offset = in.readLong();
                    int length = in.readInt();
                    if (!asked.came(range, offset, length)) {
                        throw unexpected("bytes of range " + range);
                    }
                    receiver.bytes(range, offset, ByteBuffer.wrap(bytes(in, length)));
                }
                case Wire.END -> {
                    int range = in.readInt();
                    long delivered = in.readLong();
                    if (!asked.ended(range, delivered)) {
                        throw unexpected("end of range " + range);
                    }
                    receiver.end(range, delivered);
                }
                case Wire.VANISHED -> {
                    int range = in.readInt();
                    if (!asked.vanished(range)) {
                        throw unexpected("end of range " + range);
                    }
                    receiver.vanished(range);
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (!asked.areAllEnded()) {
            throw unexpected("the end, before all ranges had come");
        }
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path directory) throws IOException {
        LocalComparison comparison = new LocalComparison(ranges, directory);
        fetch(ranges, comparison);
        return comparison.different();
    }

    @Override
    public WalSegmentSource wal() {
        return guard.guard(name -> {
            DataPath path = DataPath.of(opened.version().walDirectory()).resolve(name.fileName());
            SegmentBytes exists = new SegmentBytes(ByteBuffer.allocate(0));
            fetch(List.of(new FileRange(path, 0, 0)), exists);
            return exists.isThere() ? Optional.of(segment(path, name)) : Optional.empty();
        });
    }

    private WalSegment segment(DataPath path, WalSegmentName name) {
        return new WalSegment() {
            @Override
            public int read(ByteBuffer target, long position) throws IOException {
                long length = Math.min(target.remaining(), name.segmentSize() - position);
                if (length <= 0) {
                    return target.hasRemaining() ? -1 : 0;
                }
                SegmentBytes bytes = new SegmentBytes(target);
                fetch(List.of(new FileRange(path, position, length)), bytes);
                return bytes.count() == 0 ? -1 : bytes.count();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        ControlFile now = controlFile();
        if (!Arrays.equals(now.toBytes(), opened.toBytes())) {
            throw new SourceChangedException(description() + ": its control file has changed since it was opened");
        }
        return ReplayEnd.ofStopped(now);
    }

    @Override
    public void close() {
        guard.close();
    }
}
