package org.pgrewind4j.testkit.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.pgrewind4j.testkit.MemoryWal;
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
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * The data directory of a stopped server, in memory: a control file, and the files that a test puts in. It has no links.
 * Files may be put in and taken away at any time, as on a disk.
 *
 * <p>Safe for use by several threads.
 */
public final class MemoryTransport implements Transport {

    private static final String DESCRIPTION = "files in memory";
    private static final int PIECE = 64 * 1024;

    /** By path; a directory has no content. */
    private final NavigableMap<DataPath, byte[]> files = new ConcurrentSkipListMap<>();

    private static final byte[] DIRECTORY = new byte[0];
    private final CallGuard gate = new CallGuard(DESCRIPTION);
    private final byte[] controlFileWhenOpened;
    private MemoryWal wal = new MemoryWal();

    private MemoryTransport(ControlFile controlFile) {
        this.controlFileWhenOpened = controlFile.toBytes();
        put(DataPath.CONTROL_FILE, controlFileWhenOpened.clone());
    }

    /**
     * Starts with a data directory that holds a control file and nothing else.
     *
     * @param controlFile the control file; a later one, put in as a file, is a change of the source
     * @return a new transport
     */
    public static MemoryTransport of(ControlFile controlFile) {
        return new MemoryTransport(controlFile);
    }

    /**
     * Puts a file in, with the directories above it.
     *
     * @param path its path in the data directory
     * @param content its bytes
     * @return this
     */
    public MemoryTransport file(String path, byte[] content) {
        put(DataPath.of(path), content.clone());
        return this;
    }

    /**
     * Takes a file away.
     *
     * @param path its path in the data directory
     * @return this
     */
    public MemoryTransport remove(String path) {
        files.remove(DataPath.of(path));
        return this;
    }

    /**
     * Sets the segments that {@link #wal} gives. They are not among the files.
     *
     * @param segments the segments
     * @return this
     */
    public MemoryTransport wal(MemoryWal segments) {
        wal = segments;
        return this;
    }

    private void put(DataPath path, byte[] content) {
        path.parent().ifPresent(this::putDirectory);
        files.put(path, content);
    }

    private void putDirectory(DataPath path) {
        path.parent().ifPresent(this::putDirectory);
        files.putIfAbsent(path, DIRECTORY);
    }

    @Override
    public String description() {
        return DESCRIPTION;
    }

    @Override
    public SourceMode mode() throws IOException {
        gate.enter();
        return SourceMode.STOPPED;
    }

    @Override
    public List<SourceProblem> problems() throws IOException {
        gate.enter();
        return List.of();
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // One array stands for all directories.
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        gate.enter();
        for (var entry : files.entrySet()) {
            DataPath path = entry.getKey();
            if (closed.stream().noneMatch(folder -> path.startsWith(folder) && !path.equals(folder))) {
                gate.proceed();
                visitor.visit(
                        entry.getValue() == DIRECTORY
                                ? SourceFile.directory(path)
                                : SourceFile.file(path, entry.getValue().length));
            }
        }
    }

    /** The content of a file, null if it is not there. */
    private byte[] content(DataPath path) throws IOException {
        byte[] content = files.get(path);
        if (content == null) {
            throw new NoSuchFileException(path.toString());
        }
        if (isDirectory(content)) {
            throw new IOException("\"" + path + "\" of " + DESCRIPTION + " is not a regular file");
        }
        return content;
    }

    @SuppressWarnings("ReferenceEquality") // One array stands for all directories.
    private static boolean isDirectory(byte[] content) {
        return content == DIRECTORY;
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        if (maxLength < 0) {
            throw new IllegalArgumentException("greatest length: " + maxLength);
        }
        gate.enter();
        byte[] content = content(path);
        if (content.length > maxLength) {
            throw new IOException(
                    "file \"" + path + "\" of " + DESCRIPTION + " is longer than " + maxLength + " bytes");
        }
        return content.clone();
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        gate.enter();
        for (int i = 0; i < ranges.size(); i++) {
            gate.proceed();
            byte[] content;
            try {
                content = content(ranges.get(i).path());
            } catch (NoSuchFileException e) {
                receiver.vanished(i);
                continue;
            }
            deliver(i, ranges.get(i), content, receiver);
        }
    }

    private void deliver(int index, FileRange range, byte[] content, RangeReceiver receiver) throws IOException {
        int start = (int) Math.min(range.offset(), content.length);
        int end = start + (int) Math.min(range.length(), content.length - start);
        for (int at = start; at < end; at += PIECE) {
            gate.proceed();
            receiver.bytes(
                    index,
                    at,
                    ByteBuffer.wrap(content, at, Math.min(PIECE, end - at)).asReadOnlyBuffer());
        }
        gate.proceed();
        receiver.end(index, end - start);
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path directory) throws IOException {
        gate.enter();
        BitSet different = new BitSet();
        for (int i = 0; i < ranges.size(); i++) {
            gate.proceed();
            FileRange range = ranges.get(i);
            Path other = range.path().in(directory);
            byte[] mine = files.get(range.path());
            different.set(
                    i,
                    mine == null
                            || isDirectory(mine)
                            || !Files.isRegularFile(other)
                            || !Arrays.equals(part(mine, range), part(Files.readAllBytes(other), range)));
        }
        return different;
    }

    private static byte[] part(byte[] content, FileRange range) {
        int start = (int) Math.min(range.offset(), content.length);
        return Arrays.copyOfRange(content, start, start + (int) Math.min(range.length(), content.length - start));
    }

    @Override
    public WalSegmentSource wal() {
        return gate.guard(wal);
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        ControlFile now = controlFile();
        if (!Arrays.equals(now.toBytes(), controlFileWhenOpened)) {
            throw new SourceChangedException("source system was modified while it was copied: " + DESCRIPTION
                    + ": its control file is no longer the one that it was opened with");
        }
        return ReplayEnd.ofStopped(now);
    }

    @Override
    public void close() {
        gate.close();
    }
}
