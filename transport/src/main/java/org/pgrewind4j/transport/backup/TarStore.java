package org.pgrewind4j.transport.backup;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.transport.codec.Compression;
import org.pgrewind4j.transport.codec.Layer;

/**
 * The tar files of a base backup, each as a plain one that can be read anywhere. A packed one cannot, and is unpacked into a
 * file of its own when the backup is opened, which goes away with it. To read it again from its begin whenever a file of it
 * is wanted would take no room, but a restore asks for many files at a time in an order of its own, so that it would be
 * read many times over. Unpacking takes as much room as the plain tar file, and a memory that does not depend on it.
 */
final class TarStore implements Closeable {

    private static final System.Logger LOG = System.getLogger(TarStore.class.getName());

    private static final Pattern NAME = Pattern.compile("(base|pg_wal|[1-9][0-9]{0,9})\\.tar(|\\.gz|\\.lz4|\\.zst)");

    private static final int PIECE = 128 * 1024;

    /** What a tar file ends with, two blocks of zeros (POSIX: {@code pax}, "ustar Interchange Format"). */
    private static final int END = 1024;

    /** So much of a file system is left to others. */
    private static final long RESERVE = 64 << 20;

    private final Map<String, PlainTar> tars = new LinkedHashMap<>();
    private final Map<String, Path> places = new LinkedHashMap<>();

    private TarStore() {}

    /** Finds the tar files in a directory, by what they hold: {@code base}, {@code pg_wal}, or the OID of a tablespace. */
    static Map<String, Path> find(Path directory) throws IOException {
        Map<String, Path> found = new TreeMap<>();
        List<Path> twice = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    Path other = found.put(name.group(1), file);
                    if (other != null) {
                        twice.add(other);
                    }
                }
            }
        }
        if (!found.containsKey("base")) {
            return Map.of();
        }
        if (!twice.isEmpty()) {
            throw BackupException.at(
                    directory,
                    "expected each tar file in one form, found \""
                            + twice.get(0).getFileName() + "\" in another one, too");
        }
        return found;
    }

    /**
     * Opens tar files.
     *
     * @param spool where packed ones are unpacked
     */
    static TarStore open(Map<String, Path> found, Path spool) throws IOException {
        TarStore store = new TarStore();
        try {
            for (Map.Entry<String, Path> tar : found.entrySet()) {
                Path file = tar.getValue();
                Compression compression =
                        Compression.ofFileName(file.getFileName().toString());
                PlainTar plain =
                        compression == Compression.NONE ? PlainTar.open(file) : unpack(file, compression, spool);
                store.tars.put(tar.getKey(), plain);
                store.places.put(tar.getKey(), file);
                checkEnd(file, plain);
            }
            return store;
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static PlainTar unpack(Path packed, Compression compression, Path spool) throws IOException {
        PlainTar plain = PlainTar.temporary(spool);
        try {
            unpack(packed, compression, plain, Files.getFileStore(spool));
            return plain;
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    private static void unpack(Path packed, Compression compression, PlainTar target, FileStore room)
            throws IOException {
        byte[] piece = new byte[PIECE];
        long length = 0;
        try (InputStream in = compression.open(Files.newInputStream(packed), Layer.Form.FILE)) {
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while unpacking " + packed);
                }
                if (length / RESERVE != (length + read) / RESERVE && room.getUsableSpace() < 2 * RESERVE) {
                    throw BackupException.withHint(
                            packed + ", offset " + length + " of its plain content",
                            "no room to unpack it: the file system of \"" + room + "\" is nearly full",
                            "name another directory to unpack it in, or unpack the backup's tar files beside it.");
                }
                target.append(piece, read);
                length += read;
            }
        } catch (InterruptedIOException | BackupException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw BackupException.at(
                    packed + ", offset " + length + " of its plain content",
                    "expected a whole " + compression + " file: " + e.getMessage(),
                    e);
        }
    }

    /** A tar file that was cut between two members looks whole but for this. */
    private static void checkEnd(Path file, PlainTar tar) throws IOException {
        ByteBuffer end = ByteBuffer.allocate(END);
        long from = tar.size() - END;
        while (from >= 0 && end.hasRemaining() && tar.read(end, from + end.position()) > 0) {
            // Goes on until all is read.
        }
        boolean isZero = !end.hasRemaining();
        for (byte one : end.array()) {
            isZero &= one == 0;
        }
        if (!isZero) {
            throw BackupException.at(
                    file + ", offset " + Math.max(0, from),
                    "expected the end of a tar file, " + END + " bytes of zeros: it is not complete");
        }
    }

    /** The plain tar files, by what they hold. */
    Map<String, PlainTar> tars() {
        return tars;
    }

    /** The file that errors name. */
    Path place(String name) {
        Path place = places.get(name);
        if (place == null) {
            throw new IllegalArgumentException(name);
        }
        return place;
    }

    /** What is only read loses nothing by an error then. */
    @Override
    public void close() {
        for (PlainTar tar : tars.values()) {
            try {
                tar.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "a tar file was not closed", e);
            }
        }
    }
}
