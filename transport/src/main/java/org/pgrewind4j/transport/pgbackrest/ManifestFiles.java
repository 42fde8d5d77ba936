package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.backup.Checksum;

/**
 * The files of a manifest, packed: a million of them take some 60 MB. Each is a record of a few dozen bytes behind
 * those before it, in which numbers take as many bytes as they need and a directory's name is the number under which it
 * was first seen; a hash table finds the record of a path.
 *
 * <p>Safe for use by several threads once all files are in it.
 */
final class ManifestFiles {

    private static final int CHUNK = 1 << 20;
    /** Longer than any record: a name has 255 bytes at most. */
    private static final int LONGEST_RECORD = 512;

    private static final int CHECKSUM = 1;
    private static final int BUNDLED = 2;
    private static final int BLOCKS = 4;

    private final List<byte[]> chunks = new ArrayList<>();
    private final Map<String, Integer> directoryNumbers = new LinkedHashMap<>();
    private final List<String> directories = new ArrayList<>();
    private int used = CHUNK;
    private int count;

    /** Positions of records plus one; 0 is a free place. A position is the chunk's number times its size plus an offset. */
    private long[] table = new long[1024];

    /** Takes a visit of all files. */
    @FunctionalInterface
    interface Visitor {
        void visit(ManifestFile file) throws IOException;
    }

    /**
     * Adds a file.
     *
     * @throws IniException if there is one of that path
     */
    void add(ManifestFile file) {
        if (used > CHUNK - LONGEST_RECORD) {
            chunks.add(new byte[CHUNK]);
            used = 0;
        }
        String path = file.path().toString();
        int slash = path.lastIndexOf('/');
        int directory = directory(slash < 0 ? "" : path.substring(0, slash));
        byte[] name = path.substring(slash + 1).getBytes(StandardCharsets.UTF_8);
        if (find(directory, name) >= 0) {
            throw new IniException("the file is listed twice: \"" + file.path() + "\"");
        }
        long position = (long) (chunks.size() - 1) * CHUNK + used;
        Packed record = new Packed(chunks.get(chunks.size() - 1), used);
        write(record, directory, name, file);
        used = record.position;
        count++;
        if (count > table.length / 2) {
            grow();
        }
        enter(hash(directory, name), position);
    }

    private int directory(String name) {
        return directoryNumbers.computeIfAbsent(name, added -> {
            directories.add(added);
            return directories.size() - 1;
        });
    }

    private static void write(Packed record, int directory, byte[] name, ManifestFile file) {
        ManifestFile.Place place = file.place();
        record.number(directory);
        record.number(name.length);
        record.bytes(name);
        record.number((file.checksum().isPresent() ? CHECKSUM : 0)
                | (place.bundle() > 0 ? BUNDLED : 0)
                | (place.blocks().isPresent() ? BLOCKS : 0));
        record.number(file.size());
        record.number(file.modified());
        record.number(file.attributes());
        file.checksum().ifPresent(checksum -> record.bytes(checksum.bytes()));
        record.number(place.reference());
        record.number(place.stored());
        if (place.bundle() > 0) {
            record.number(place.bundle());
            record.number(place.offset());
        }
        place.blocks().ifPresent(blocks -> {
            record.number(blocks.blockSize());
            record.number(blocks.checksumSize());
            record.number(blocks.mapSize());
        });
    }

    /** Reads the record that begins here, and continues to the next one. */
    private ManifestFile read(Packed record) {
        String directory = directories.get((int) record.number());
        String name = new String(record.bytes((int) record.number()), StandardCharsets.UTF_8);
        int flags = (int) record.number();
        long size = record.number();
        long modified = record.number();
        int attributes = (int) record.number();
        Optional<Checksum> checksum = (flags & CHECKSUM) == 0
                ? Optional.empty()
                : Optional.of(Checksum.of(Checksum.Algorithm.SHA1, record.bytes(Checksum.Algorithm.SHA1.length())));
        int reference = (int) record.number();
        long stored = record.number();
        boolean isBundled = (flags & BUNDLED) != 0;
        long bundle = isBundled ? record.number() : 0;
        long offset = isBundled ? record.number() : 0;
        Optional<ManifestFile.Blocks> blocks = (flags & BLOCKS) == 0
                ? Optional.empty()
                : Optional.of(new ManifestFile.Blocks((int) record.number(), (int) record.number(), record.number()));
        // Checked when it was added.
        DataPath path = DataPath.of(directory.isEmpty() ? name : directory + "/" + name);
        return new ManifestFile(
                path,
                size,
                modified,
                attributes,
                checksum,
                new ManifestFile.Place(reference, stored, bundle, offset, blocks));
    }

    private Packed at(long position) {
        return new Packed(chunks.get((int) (position / CHUNK)), (int) (position % CHUNK));
    }

    private static int hash(int directory, byte[] name) {
        int hash = Arrays.hashCode(name) * 31 + directory;
        return hash * 0x9E3779B9;
    }

    private void enter(int hash, long position) {
        int place = (hash >>> 1) & (table.length - 1);
        while (table[place] != 0) {
            place = (place + 1) & (table.length - 1);
        }
        table[place] = position + 1;
    }

    private void grow() {
        long[] old = table;
        table = new long[old.length * 2];
        for (long entry : old) {
            if (entry != 0) {
                Packed record = at(entry - 1);
                int directory = (int) record.number();
                enter(hash(directory, record.bytes((int) record.number())), entry - 1);
            }
        }
    }

    /** The position of a record, -1 if there is none. */
    private long find(int directory, byte[] name) {
        int place = (hash(directory, name) >>> 1) & (table.length - 1);
        for (; table[place] != 0; place = (place + 1) & (table.length - 1)) {
            Packed record = at(table[place] - 1);
            if (record.number() == directory
                    && record.number() == name.length
                    && Arrays.equals(record.bytes(name.length), name)) {
                return table[place] - 1;
            }
        }
        return -1;
    }

    Optional<ManifestFile> find(DataPath path) {
        String text = path.toString();
        int slash = text.lastIndexOf('/');
        Integer directory = directoryNumbers.get(slash < 0 ? "" : text.substring(0, slash));
        if (directory == null) {
            return Optional.empty();
        }
        long position = find(directory, text.substring(slash + 1).getBytes(StandardCharsets.UTF_8));
        return position < 0 ? Optional.empty() : Optional.of(read(at(position)));
    }

    int count() {
        return count;
    }

    /** The directories that hold files, as text; empty for the data directory itself. */
    List<String> directories() {
        return directories;
    }

    void forEach(Visitor visitor) throws IOException {
        int left = count;
        for (int chunk = 0; chunk < chunks.size(); chunk++) {
            int end = chunk == chunks.size() - 1 ? used : CHUNK;
            Packed record = new Packed(chunks.get(chunk), 0);
            // A chunk ends where no record fits any more, behind which there are zeros.
            while (left > 0 && record.position < end && record.position <= CHUNK - LONGEST_RECORD) {
                visitor.visit(read(record));
                left--;
            }
        }
    }

    /** Bytes with a position. */
    private static final class Packed {
        private final byte[] bytes;
        private int position;

        Packed(byte[] bytes, int position) {
            this.bytes = bytes;
            this.position = position;
        }

        void number(long value) {
            long rest = value;
            while (rest >>> 7 != 0) {
                bytes[position++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            bytes[position++] = (byte) rest;
        }

        long number() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = bytes[position++];
                value |= (next & 0x7FL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        void bytes(byte[] added) {
            System.arraycopy(added, 0, bytes, position, added.length);
            position += added.length;
        }

        byte[] bytes(int length) {
            position += length;
            return Arrays.copyOfRange(bytes, position - length, position);
        }
    }
}
