package org.pgrewind4j.transport.archive;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.MalformedHistoryException;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * A WAL archive in a directory: what an {@code archive_command} copied there, packed or not, and what Barman and WAL-G
 * keep. A file is looked for in these places:
 *
 * <table>
 * <caption>In the directory</caption>
 * <tr><th>place</th><th>whose</th></tr>
 * <tr><td>{@code 000000020000000000000013}, {@code 00000002.history}</td><td>plain archives</td></tr>
 * <tr><td>{@code 0000000200000000/000000020000000000000013}</td><td>archives in two levels</td></tr>
 * <tr><td>{@code wals/...}, as either</td><td>a server's directory of Barman</td></tr>
 * <tr><td>{@code wal_005/...}, as either</td><td>WAL-G, in a directory</td></tr>
 * </table>
 *
 * <p>Each can end in {@code .gz}, {@code .zst}, {@code .lz4}, {@code .bz2} or {@code .xz}; how it is packed is given by
 * its first bytes. What is packed is unpacked into a temporary file, which goes away with the open segment.
 *
 * <p>Absent and unusable are two things: a file that is there must hold all of the segment that its name says, or it is
 * an error that names it. So {@code .partial} files are not taken: their WAL ends where a server stopped to write, or
 * to send, and would pass for the end of what another one wrote in that segment.
 *
 * <p>Safe for use by several threads.
 */
public final class WalArchive implements WalSegmentSource {

    private static final List<String> PLACES = List.of("", "wals", "wal_005");
    private static final List<String> SUFFIXES = List.of("", ".gz", ".zst", ".lz4", ".bz2", ".xz");

    /** The digits of a segment's name that name its folder. */
    private static final int FOLDER = 16;

    private static final int LONGEST_HISTORY = 1 << 20;
    private static final int PIECE = 128 * 1024;

    /** PostgreSQL: {@code src/include/access/xlog_internal.h}, {@code XLogPageHeaderData.xlp_pageaddr}. */
    private static final int POSITION = 8;

    private final Path directory;

    private WalArchive(Path directory) {
        this.directory = directory;
    }

    /**
     * Names the directory, which is looked at whenever something is asked for.
     *
     * @param directory the archive's; one that does not exist is an archive without files
     * @return the archive
     */
    public static WalArchive of(Path directory) {
        requireNonNull(directory, "directory");
        return new WalArchive(directory);
    }

    /**
     * Opens a segment.
     *
     * @param name which segment
     * @return the segment, empty if it is not archived
     * @throws IOException if the file is not all of that segment, or cannot be read or unpacked
     */
    @Override
    public Optional<WalSegment> open(WalSegmentName name) throws IOException {
        String fileName = name.fileName();
        Optional<Path> file = find(fileName, List.of("", fileName.substring(0, FOLDER)));
        return file.isPresent() ? Optional.of(segment(file.get(), name)) : Optional.empty();
    }

    private Optional<Path> find(String fileName, List<String> folders) {
        for (String place : PLACES) {
            for (String folder : folders) {
                Path in = directory.resolve(place).resolve(folder);
                if (!Files.isDirectory(in)) {
                    continue;
                }
                for (String suffix : SUFFIXES) {
                    Path file = in.resolve(fileName + suffix);
                    if (Files.exists(file)) {
                        return Optional.of(file);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private WalSegment segment(Path file, WalSegmentName name) throws IOException {
        try {
            return Packing.of(file).equals(Packing.PLAIN)
                    ? checked(file, name, List.of(StandardOpenOption.READ))
                    : unpacked(file, name);
        } catch (ClosedByInterruptException e) {
            throw new InterruptedIOException("interrupted while reading " + this);
        }
    }

    private static WalSegment unpacked(Path file, WalSegmentName name) throws IOException {
        Path unpacked = Files.createTempFile("pgrewind4j-", ".wal");
        try {
            try (OutputStream target = Files.newOutputStream(unpacked)) {
                unpack(file, name.segmentSize(), target);
            }
            return checked(unpacked, name, List.of(StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE), file);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(unpacked);
            throw e;
        }
    }

    private static void unpack(Path file, int segmentSize, OutputStream target) throws IOException {
        byte[] piece = new byte[PIECE];
        long length = 0;
        try (InputStream plain = Packing.of(file).open(file)) {
            for (int read = plain.read(piece); read >= 0; read = plain.read(piece)) {
                length += read;
                if (length > segmentSize) {
                    throw new IOException("expected " + segmentSize + " bytes, found more");
                }
                target.write(piece, 0, read);
            }
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unusable(file, "after " + length + " bytes: " + PgRewindException.describe(e), e);
        }
    }

    private static WalSegment checked(Path file, WalSegmentName name, List<OpenOption> options) throws IOException {
        return checked(file, name, options, file);
    }

    /** Without a look at the first page, zeros and another segment would be taken for the end of WAL. */
    private static WalSegment checked(Path file, WalSegmentName name, List<OpenOption> options, Path archived)
            throws IOException {
        FileChannel channel = FileChannel.open(file, options.toArray(new OpenOption[0]));
        try {
            if (channel.size() != name.segmentSize()) {
                throw unusable(archived, "expected " + name.segmentSize() + " bytes, found " + channel.size(), null);
            }
            ByteBuffer header = ByteBuffer.allocate(POSITION + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            while (header.hasRemaining() && channel.read(header, header.position()) >= 0) {}
            Lsn begin = new Lsn(header.getLong(POSITION));
            if (header.getShort(0) == 0 || !begin.equals(name.begin())) {
                throw unusable(
                        archived,
                        "expected the WAL from " + name.begin() + " on, found "
                                + (header.getShort(0) == 0 ? "none" : "that from " + begin + " on"),
                        null);
            }
            return new ArchivedSegment(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Reads a timeline's history.
     *
     * @param timeline whose
     * @return the history, empty if its file is not archived; there is none for timeline 1
     * @throws IOException if the file is not one, or cannot be read
     */
    @Override
    public Optional<TimelineHistory> history(TimelineId timeline) throws IOException {
        Optional<Path> file = find(timeline.historyFileName(), List.of(""));
        if (file.isEmpty()) {
            return Optional.empty();
        }
        byte[] content;
        try (InputStream plain = Packing.of(file.get()).open(file.get())) {
            content = plain.readNBytes(LONGEST_HISTORY);
        }
        try {
            return Optional.of(TimelineHistory.parse(timeline, new String(content, StandardCharsets.UTF_8)));
        } catch (MalformedHistoryException e) {
            throw unusable(file.get(), String.valueOf(e.getMessage()), e);
        }
    }

    private static IOException unusable(Path file, String found, @Nullable Exception cause) {
        return new IOException("archived WAL file \"" + file + "\": " + found, cause);
    }

    /** Prints the directory. */
    @Override
    public String toString() {
        return "WAL archive \"" + directory + "\"";
    }

    private record ArchivedSegment(FileChannel file) implements WalSegment {
        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
