package org.pgrewind4j.core.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.internal.area.OwnNames;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * WAL that a {@link RestoreCommand} brings from an archive when it is asked for. Each segment is fetched once and stays
 * until this is closed, for a rewind reads some of them more than once. Safe for use by several threads, for which the
 * command runs one at a time, as it does for a server.
 *
 * <p>It lies in a directory of its own in the data directory. What the command itself writes there, and its output, is
 * written by its shell; all else goes through the same operations as every change of a target.
 */
public final class RestoredWal implements WalSegmentSource, Closeable {

    /** Of a page's address in its header. */
    private static final int POSITION = 8;

    private final RestoreCommand command;
    private final Path dataDirectory;
    private final FileOperations files;
    private final Path directory;
    private final WalSegmentSource restored;
    private final Set<WalSegmentName> asked = new HashSet<>();

    private RestoredWal(RestoreCommand command, Path dataDirectory, FileOperations files) {
        this.command = command;
        this.dataDirectory = dataDirectory;
        this.files = files;
        this.directory = dataDirectory.resolve(OwnNames.RESTORED);
        this.restored = new DirectoryWalSource(directory);
    }

    static RestoredWal open(RestoreCommand command, Path dataDirectory) throws IOException {
        FileOperations files = new LocalFileOperations(dataDirectory, Durability.NO_SYNC);
        RestoredWal wal = new RestoredWal(command, dataDirectory, files);
        // A process that was killed can have left its own.
        wal.close();
        files.createDirectory(wal.directory);
        return wal;
    }

    /**
     * Runs the command for a segment that it was not asked for yet.
     *
     * @throws IOException if the command fails in a way that says nothing about the archive, or brings what is not that
     *     segment, or says that it has brought it and has not
     */
    @Override
    public synchronized Optional<WalSegment> open(WalSegmentName name) throws IOException {
        if (asked.add(name)) {
            restore(name);
        }
        return restored.open(name);
    }

    /** Runs the command for a history file, each time. */
    @Override
    public synchronized Optional<TimelineHistory> history(TimelineId timeline) throws IOException {
        Path incoming = directory.resolve("incoming");
        files.delete(incoming);
        boolean isThere = command.run(timeline.historyFileName(), incoming, dataDirectory, directory.resolve("output"))
                && Files.exists(incoming);
        Optional<TimelineHistory> history = isThere
                ? Optional.of(TimelineHistory.parse(
                        timeline, new String(Files.readAllBytes(incoming), StandardCharsets.UTF_8)))
                : Optional.empty();
        files.delete(incoming);
        return history;
    }

    private void restore(WalSegmentName name) throws IOException {
        // Under its own name only when it is known to be whole.
        Path incoming = directory.resolve("incoming");
        files.delete(incoming);
        if (!command.run(name.fileName(), incoming, dataDirectory, directory.resolve("output"))) {
            return;
        }
        if (!Files.exists(incoming)) {
            throw new IOException("restore_command said that it had brought \"" + name.fileName()
                    + "\", and brought nothing: expected an exit status other than 0");
        }
        long size = Files.size(incoming);
        if (size != name.segmentSize()) {
            throw new IOException("restore_command brought a file of " + size + " bytes for \"" + name.fileName()
                    + "\": expected " + name.segmentSize());
        }
        checkBegin(incoming, name);
        files.move(incoming, directory.resolve(name.fileName()));
    }

    /**
     * A segment begins with its own position (PostgreSQL: {@code src/include/access/xlog_internal.h},
     * {@code XLogPageHeaderData}). Without a look at it, zeros and another segment would be taken for the end of WAL.
     */
    private static void checkBegin(Path file, WalSegmentName name) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(POSITION + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (InputStream bytes = Files.newInputStream(file)) {
            header.put(bytes.readNBytes(header.capacity()));
        }
        boolean isBlank = header.getShort(0) == 0;
        Lsn position = new Lsn(header.getLong(POSITION));
        if (isBlank || !position.equals(name.begin())) {
            throw new IOException("restore_command brought "
                    + (isBlank ? "a file without WAL" : "the WAL from " + position + " on")
                    + " for \"" + name.fileName() + "\", which begins at " + name.begin());
        }
    }

    /** Removes what was restored. */
    @Override
    public void close() throws IOException {
        if (Files.isDirectory(directory)) {
            try (Stream<Path> restored = Files.list(directory)) {
                for (Path file : (Iterable<Path>) restored::iterator) {
                    files.delete(file);
                }
            }
            files.delete(directory);
        }
    }

    /** Prints the command. */
    @Override
    public String toString() {
        return command.toString();
    }
}
