package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;
import org.pgrewind4j.transport.backup.Checksum;

/**
 * Reads files of a backup so that nothing wrong passes for right: a file that is read to its end must have the checksum that
 * the manifest has, and a block that is read alone the one that the block map has. What was read before the end is worth
 * nothing if the end is an error.
 *
 * <p>A file that is stored as a whole is always read to its end, however little of it is wanted: nothing else tells whether
 * these bytes are those that were backed up. Of a block incremental file only the super blocks are read that hold what is
 * wanted, and each once.
 */
final class ContentReader {

    private static final int PIECE = 128 * 1024;

    private final StoredContent stored;

    ContentReader(StoredContent stored) {
        this.stored = stored;
    }

    /**
     * Reads parts of a file.
     *
     * @param file which one
     * @param wanted the parts; none of them begins behind the file's end
     * @param sink takes them, or more
     * @throws BackrestException if the file is not what it has to be
     */
    void read(ManifestFile file, Stretches wanted, ContentSink sink) throws IOException {
        Optional<ManifestFile.Blocks> blocks = file.place().blocks();
        if (file.isEmpty() || wanted.isEmpty()) {
            return;
        }
        if (blocks.isEmpty()) {
            readToEnd(file, sink);
        } else if (wanted.covers(file.size())) {
            Checking checking = new Checking(file, sink);
            new BlockReader(stored, file, blocks.get()).read(wanted, checking);
            checking.end();
        } else {
            new BlockReader(stored, file, blocks.get()).read(wanted, sink);
        }
    }

    private void readToEnd(ManifestFile file, ContentSink sink) throws IOException {
        Checking checking = new Checking(file, sink);
        byte[] piece = new byte[(int) Math.min(PIECE, file.size())];
        try (InputStream content = stored.whole(file)) {
            long position = 0;
            for (int read = content.read(piece, 0, piece.length);
                    read >= 0;
                    read = content.read(piece, 0, piece.length)) {
                checking.take(position, piece, 0, read);
                position += read;
            }
        }
        checking.end();
    }

    /** Computes the checksum of what passes. */
    private final class Checking implements ContentSink {
        private final ManifestFile file;
        private final ContentSink sink;
        private final MessageDigest sha1 = Sha1.digest();

        Checking(ManifestFile file, ContentSink sink) {
            this.file = file;
            this.sink = sink;
        }

        @Override
        public void take(long position, byte[] bytes, int offset, int length) throws IOException {
            stored.access().proceed();
            sha1.update(bytes, offset, length);
            sink.take(position, bytes, offset, length);
        }

        void end() throws BackrestException {
            Checksum expected = file.checksum().orElseThrow();
            Checksum found = Checksum.of(Checksum.Algorithm.SHA1, sha1.digest());
            if (!found.equals(expected)) {
                throw BackrestException.at(
                        stored.place(file),
                        "expected content with the SHA-1 " + expected.hex() + ", found " + found.hex());
            }
        }
    }
}
