package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.timeline.MalformedHistoryException;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.codec.CodecException;
import org.pgrewind4j.transport.codec.Compression;
import org.pgrewind4j.transport.codec.Layer;
import org.pgrewind4j.transport.codec.SaltedCipher;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * The WAL that a stanza has archived of one cluster (pgBackRest: {@code src/command/archive/find.c}, {@code
 * get/file.c}).
 *
 * <table>
 * <caption>In {@code archive/STANZA/15-1}</caption>
 * <tr><th>file</th><th>what</th></tr>
 * <tr><td>{@code 0000000200000000/000000020000000000000013-SHA1.zst}</td><td>a segment, with the checksum of its plain
 *     content</td></tr>
 * <tr><td>{@code .../000000020000000000000013.partial-SHA1.zst}</td><td>the start of a segment; not one</td></tr>
 * <tr><td>{@code .../000000020000000000000013.00000028.backup}</td><td>a note of a backup</td></tr>
 * <tr><td>{@code 00000002.history}</td><td>a history file, not compressed</td></tr>
 * </table>
 *
 * <p>A segment reaches the reader when all of it was read and has the checksum that its name tells: it is unpacked into
 * a temporary file, which goes away with the open segment. Two segments of one name that differ, which two primaries
 * make that archive to one stanza, are an error.
 *
 * <p>Safe for use by several threads.
 */
public final class BackrestArchive implements WalSegmentSource {

    private static final Pattern STORED = Pattern.compile("([0-9A-F]{24})-([0-9a-f]{40})(?:\\.(?:gz|bz2|lz4|zst))?");
    private static final int LONGEST_HISTORY = 1 << 20;
    private static final int PIECE = 128 * 1024;

    private final List<Path> directories;
    private final Layer cipher;

    BackrestArchive(List<Path> directories, Optional<String> passphrase) {
        this.directories = List.copyOf(directories);
        this.cipher = passphrase.<Layer>map(SaltedCipher::new).orElse(Layer.NONE);
    }

    /**
     * Opens a segment.
     *
     * @param name which segment
     * @return the segment, empty if it is not archived
     * @throws BackrestException if it is archived twice with different contents, or damaged
     * @throws IOException if it cannot be read, or not unpacked into a temporary file
     */
    @Override
    public Optional<WalSegment> open(WalSegmentName name) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted();
        }
        for (Path directory : directories) {
            Optional<Path> stored = find(directory.resolve(name.fileName().substring(0, 16)), name.fileName());
            if (stored.isPresent()) {
                return Optional.of(unpack(stored.get(), name.segmentSize()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> find(Path directory, String segment) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, segment + "-*")) {
            for (Path file : files) {
                Matcher stored = STORED.matcher(file.getFileName().toString());
                if (stored.matches() && stored.group(1).equals(segment)) {
                    found.add(file);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        }
        if (found.size() > 1) {
            throw BackrestException.withHint(
                    directory,
                    "expected the segment " + segment + " once, found "
                            + String.join(
                                    " and ",
                                    found.stream()
                                            .map(file -> file.getFileName().toString())
                                            .sorted()
                                            .toList()),
                    "find out whether two primaries archived to this stanza, and remove the segment of the one that is"
                            + " not its own.");
        }
        return found.stream().findFirst();
    }

    private WalSegment unpack(Path stored, int segmentSize) throws IOException {
        Matcher name = STORED.matcher(stored.getFileName().toString());
        if (!name.matches()) {
            throw new IllegalStateException(stored.toString());
        }
        Path unpacked = Files.createTempFile("pgrewind4j-", ".wal");
        try {
            MessageDigest sha1 = Sha1.digest();
            try (OutputStream target = Files.newOutputStream(unpacked)) {
                unpack(stored, segmentSize, sha1, target);
            }
            String found = HexFormat.of().formatHex(sha1.digest());
            if (!found.equals(name.group(2))) {
                throw BackrestException.in(
                        stored, "expected a segment with the SHA-1 " + name.group(2) + ", found " + found);
            }
            return new Unpacked(
                    FileChannel.open(unpacked, StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE));
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(unpacked);
            throw e;
        }
    }

    private void unpack(Path stored, int segmentSize, MessageDigest sha1, OutputStream target) throws IOException {
        byte[] piece = new byte[PIECE];
        Compression compression = Compression.ofFileName(stored.getFileName().toString());
        int length = 0;
        try (InputStream plain =
                compression.open(cipher.open(Files.newInputStream(stored), Layer.Form.FILE), Layer.Form.FILE)) {
            for (int read = plain.read(piece); read >= 0; read = plain.read(piece)) {
                length += read;
                if (length > segmentSize) {
                    throw new CodecException("expected at most " + segmentSize + " bytes, found more");
                }
                sha1.update(piece, 0, read);
                target.write(piece, 0, read);
            }
        } catch (ClosedByInterruptException e) {
            throw interrupted();
        } catch (IOException | RuntimeException e) {
            throw BackrestException.in(stored, "after " + length + " bytes: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a timeline's history.
     *
     * @param timeline whose
     * @return the history, empty if its file is not archived; there is none for timeline 1
     * @throws BackrestException if the file is not one
     * @throws IOException if it cannot be read
     */
    @Override
    public Optional<TimelineHistory> history(TimelineId timeline) throws IOException {
        for (Path directory : directories) {
            Path file = directory.resolve(timeline.historyFileName());
            try (InputStream plain = cipher.open(Files.newInputStream(file), Layer.Form.FILE)) {
                byte[] content = plain.readNBytes(LONGEST_HISTORY);
                if (plain.read() >= 0) {
                    throw new CodecException("expected at most " + LONGEST_HISTORY + " bytes, found more");
                }
                return Optional.of(TimelineHistory.parse(timeline, new String(content, StandardCharsets.UTF_8)));
            } catch (NoSuchFileException e) {
                // The next directory may have it.
            } catch (ClosedByInterruptException e) {
                throw interrupted();
            } catch (CodecException | MalformedHistoryException e) {
                throw BackrestException.in(file, String.valueOf(e.getMessage()), e);
            }
        }
        return Optional.empty();
    }

    /**
     * Looks for the timelines whose history files are archived.
     *
     * @return the newest one, empty if there is no history file
     * @throws IOException if a directory cannot be read
     */
    public Optional<TimelineId> newestTimeline() throws IOException {
        Optional<TimelineId> newest = Optional.empty();
        for (Path directory : directories) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "????????.history")) {
                for (Path file : files) {
                    Optional<TimelineId> timeline =
                            timelineOf(file.getFileName().toString());
                    if (timeline.isPresent()
                            && (newest.isEmpty() || timeline.get().compareTo(newest.get()) > 0)) {
                        newest = timeline;
                    }
                }
            } catch (NoSuchFileException | NotDirectoryException e) {
                // A cluster that has archived nothing yet.
            }
        }
        return newest;
    }

    private static Optional<TimelineId> timelineOf(String historyFile) {
        try {
            return Optional.of(TimelineId.ofBits(Integer.parseUnsignedInt(historyFile, 0, 8, 16)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private InterruptedIOException interrupted() {
        return new InterruptedIOException("interrupted while reading " + this);
    }

    /** Prints the directories. */
    @Override
    public String toString() {
        return "archive " + directories;
    }

    private record Unpacked(FileChannel file) implements WalSegment {
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
