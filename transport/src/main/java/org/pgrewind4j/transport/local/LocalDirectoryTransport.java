package org.pgrewind4j.transport.local;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.timeline.Side;
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
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * A source that is a data directory on this machine, with its server stopped.
 *
 * <p>Opening it remembers the control file. If a server changes the directory afterwards, {@link #replayEnd} finds out:
 * no server works on a directory without writing its control file when it starts.
 */
public final class LocalDirectoryTransport implements Transport {

    /** Most files that are read whole fit in one. */
    private static final int PIECE = 8192;

    private final DataDirectory directory;
    private final CallGuard gate;
    private final BufferPool buffers = new BufferPool();

    /** Empty if it was not opened as a source. */
    private byte[] controlFileWhenOpened = new byte[0];

    private LocalDirectoryTransport(DataDirectory directory) {
        this.directory = directory;
        this.gate = new CallGuard(description());
    }

    /**
     * Opens a data directory.
     *
     * @param dataDirectory the data directory
     * @return a transport, which the caller closes
     * @throws DataDirectoryException if it is no directory, has no control file, or may not be read
     * @throws IOException if the control file cannot be read
     */
    public static LocalDirectoryTransport open(Path dataDirectory) throws IOException {
        Optional<DataDirectoryException> fault = DataDirectoryException.findInCluster(Side.SOURCE, dataDirectory);
        if (fault.isPresent()) {
            throw fault.get();
        }
        LocalDirectoryTransport transport = openToLookAt(dataDirectory);
        transport.controlFileWhenOpened = transport.read(DataPath.CONTROL_FILE, ControlFile.SIZE);
        return transport;
    }

    /**
     * Opens a data directory that is to be listed and read but is no source: it may lack its control file, and
     * {@link #replayEnd} takes it for changed.
     *
     * @param dataDirectory the data directory
     * @return a transport, which the caller closes
     * @throws IOException if it cannot be looked at
     */
    public static LocalDirectoryTransport openToLookAt(Path dataDirectory) throws IOException {
        return new LocalDirectoryTransport(DataDirectory.of(requireNonNull(dataDirectory, "dataDirectory")));
    }

    @Override
    public String description() {
        return "data directory \"" + directory + "\"";
    }

    @Override
    public SourceMode mode() throws IOException {
        gate.enter();
        return SourceMode.STOPPED;
    }

    @Override
    public List<SourceProblem> problems() throws IOException {
        gate.enter();
        List<SourceProblem> problems = new ArrayList<>();
        Optional<PostmasterPid> postmaster = PostmasterPid.read(directory.root());
        postmaster
                .flatMap(PostmasterPid::signOfLife)
                .ifPresent(sign -> problems.add(new SourceProblem(
                        SourceProblem.Kind.SERVER_RUNNING,
                        "a server runs on the source " + description() + ": " + PostmasterPid.PATH + ": " + sign,
                        "stop the source server, or use it as a live source")));
        ClusterState state = controlFile().state();
        if (!state.isCleanlyStopped()) {
            problems.add(new SourceProblem(
                    SourceProblem.Kind.NOT_SHUT_DOWN,
                    "source data directory must be shut down cleanly: " + description() + ": expected state \""
                            + ClusterState.SHUT_DOWN.description() + "\" or \""
                            + ClusterState.SHUT_DOWN_IN_RECOVERY.description() + "\", found \"" + state.description()
                            + "\"",
                    "start the source server and stop it again, or use it as a live source"));
        }
        return List.copyOf(problems);
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        gate.enter();
        directory.list(closed, new SourceFileVisitor() {
            @Override
            public void visit(SourceFile file) throws IOException {
                gate.proceed();
                visitor.visit(file);
            }

            @Override
            public void unsafe(DataPath place, UnsafePathException fault) {
                visitor.unsafe(place, fault);
            }
        });
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        if (maxLength < 0) {
            throw new IllegalArgumentException("greatest length: " + maxLength);
        }
        gate.enter();
        try (FileChannel file = directory.open(path)) {
            // Grows with what is there, not with what the caller would take.
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            while (gate.read(file, piece.clear(), bytes.size()) >= 0) {
                if (piece.position() > maxLength - bytes.size()) {
                    throw new IOException(
                            "file \"" + path + "\" of " + description() + " is longer than " + maxLength + " bytes");
                }
                bytes.write(piece.array(), 0, piece.position());
            }
            return bytes.toByteArray();
        }
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        gate.enter();
        try (BufferPool.Loan loan = buffers.take();
                LocalFetch fetch = new LocalFetch(directory, gate, loan.buffer(), receiver)) {
            fetch.run(ranges);
        }
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path other) throws IOException {
        gate.enter();
        try (BufferPool.Loan mine = buffers.take();
                BufferPool.Loan theirs = buffers.take()) {
            return new LocalComparison(directory, mine.buffer(), DataDirectory.of(other), theirs.buffer(), gate)
                    .different(ranges);
        }
    }

    @Override
    public boolean isSame(DataPath place, Path other) throws IOException {
        gate.enter();
        Path mine = directory.resolve(place);
        return Files.exists(mine) && Files.exists(other) && Files.isSameFile(mine, other);
    }

    @Override
    public WalSegmentSource wal() {
        Path current = directory.root().resolve("pg_wal");
        return gate.guard(new DirectoryWalSource(
                Files.exists(current) ? current : directory.root().resolve("pg_xlog")));
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        ControlFile now = controlFile();
        if (!Arrays.equals(now.toBytes(), controlFileWhenOpened)) {
            throw new SourceChangedException("source system was modified while it was copied: " + description()
                    + ": its control file is no longer the one that it was opened with, state now \""
                    + now.state().description() + "\"");
        }
        return ReplayEnd.ofStopped(now);
    }

    @Override
    public void close() {
        gate.close();
    }
}
