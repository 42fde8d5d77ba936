package org.pgrewind4j.transport.pgbackrest;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.backup.Checksum;
import org.pgrewind4j.transport.local.DataDirectory;

/**
 * One call of {@link BackrestBackup#different}. A range that holds all of a file is answered by the checksum in the manifest,
 * for which the repository is not read; the others byte for byte. Checksums of blocks are too short to tell that blocks are
 * equal.
 */
final class BackrestComparison implements RangeReceiver, Closeable {

    private static final int PIECE = 128 * 1024;

    private final BackrestTree tree;
    private final ContentReader reader;
    private final Access access;
    private final DataDirectory local;
    private final BitSet different = new BitSet();
    private final ByteBuffer mine = ByteBuffer.allocate(PIECE);

    private List<FileRange> asked = List.of();
    private List<Integer> indexes = List.of();
    private @Nullable DataPath path;
    private @Nullable FileChannel file;

    BackrestComparison(BackrestTree tree, ContentReader reader, Access access, Path directory) {
        this.tree = tree;
        this.reader = reader;
        this.access = access;
        this.local = DataDirectory.of(directory);
    }

    BitSet different(List<FileRange> ranges) throws IOException {
        List<FileRange> parts = new ArrayList<>();
        List<Integer> partIndexes = new ArrayList<>();
        int index = 0;
        for (FileRange range : ranges) {
            access.proceed();
            ManifestFile stored = tree.file(range.path());
            FileChannel here = open(range.path());
            if (stored == null || here == null) {
                different.set(index);
            } else if (lengthIn(range, stored.size()) != lengthIn(range, here.size())) {
                different.set(index);
            } else if (range.offset() == 0 && range.end() >= stored.size()) {
                different.set(index, !isEqual(stored, here));
            } else if (lengthIn(range, stored.size()) > 0) {
                parts.add(range);
                partIndexes.add(index);
            }
            index++;
        }
        asked = parts;
        indexes = partIndexes;
        new BackrestFetch(tree, reader, this).run(parts);
        return different;
    }

    private static long lengthIn(FileRange range, long size) {
        return Math.max(0, Math.min(range.end(), size) - range.offset());
    }

    private @Nullable FileChannel open(DataPath wanted) throws IOException {
        if (!wanted.equals(path)) {
            close();
            try {
                file = local.open(wanted);
            } catch (NoSuchFileException e) {
                file = null;
            }
            path = wanted;
        }
        return file;
    }

    private boolean isEqual(ManifestFile stored, FileChannel here) throws IOException {
        if (stored.isEmpty()) {
            return true;
        }
        MessageDigest sha1 = Sha1.digest();
        for (long position = 0; position < stored.size(); ) {
            int read = read(here, position, (int) Math.min(PIECE, stored.size() - position));
            if (read <= 0) {
                return false;
            }
            sha1.update(mine);
            position += read;
        }
        return Checksum.of(Checksum.Algorithm.SHA1, sha1.digest())
                .equals(stored.checksum().orElseThrow());
    }

    private int read(FileChannel here, long position, int length) throws IOException {
        access.proceed();
        mine.clear().limit(length);
        try {
            while (mine.hasRemaining() && here.read(mine, position + mine.position()) >= 0) {
                // Goes on until the piece is full or the file ends.
            }
        } catch (ClosedByInterruptException e) {
            InterruptedIOException interrupted =
                    new InterruptedIOException("interrupted while reading " + access.description());
            interrupted.initCause(e);
            throw interrupted;
        }
        return mine.flip().remaining();
    }

    @Override
    public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
        int index = indexes.get(range);
        FileChannel here = open(asked.get(range).path());
        long position = offset;
        while (chunk.hasRemaining() && !different.get(index)) {
            int length = Math.min(PIECE, chunk.remaining());
            ByteBuffer theirs = chunk.slice().limit(length);
            if (here == null || read(here, position, length) != length || !mine.equals(theirs)) {
                different.set(index);
            }
            chunk.position(chunk.position() + length);
            position += length;
        }
    }

    @Override
    public void end(int range, long delivered) {
        // Lengths were compared before.
    }

    @Override
    public void vanished(int range) {
        different.set(indexes.get(range));
    }

    @Override
    public void close() throws IOException {
        FileChannel open = file;
        file = null;
        path = null;
        if (open != null) {
            open.close();
        }
    }
}
