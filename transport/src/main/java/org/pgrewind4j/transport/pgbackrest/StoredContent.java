package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.codec.BulkInputStream;
import org.pgrewind4j.transport.codec.CodecException;
import org.pgrewind4j.transport.codec.ExactStream;
import org.pgrewind4j.transport.codec.Layer;
import org.pgrewind4j.transport.codec.SaltedCipher;

/**
 * The bytes that a backup's chain stores for its files. A file lies as one of its own or in a bundle; its layers have the
 * raw form if they are part of a bundle of a backup that was made so, and always in the pieces of a block incremental file
 * (pgBackRest: {@code src/command/restore/file.c.inc}).
 */
final class StoredContent {

    private static final String BLOCKS_SUFFIX = ".pgbi";

    /** A map takes some 14 bytes for each block at most. */
    private static final long LONGEST_MAP = 64 << 20;

    private final Path stanza;
    private final Manifest manifest;
    private final Access access;
    private final Layer cipher;

    StoredContent(Path stanza, Manifest manifest, Access access) {
        this.stanza = stanza;
        this.manifest = manifest;
        this.access = access;
        this.cipher = manifest.cipherPassphrase().<Layer>map(SaltedCipher::new).orElse(Layer.NONE);
    }

    Access access() {
        return access;
    }

    /** How many backups block maps may refer to. */
    int references() {
        return manifest.references().size();
    }

    /** What errors call a file. */
    String place(ManifestFile file) {
        return "file \"" + file.path() + "\" of " + access.description();
    }

    /** Opens a file that is not divided into blocks; what it delivers is as long as the file. */
    InputStream whole(ManifestFile file) throws IOException {
        ManifestFile.Place place = file.place();
        boolean isBundled = place.bundle() > 0;
        Path stored = path(
                file.path(),
                place.reference(),
                place.bundle(),
                manifest.compression().suffix());
        Layer.Form form = isBundled && manifest.isRaw() ? Layer.Form.RAW : Layer.Form.FILE;
        FileChannel channel = open(stored, file);
        // A file of its own ends where it ends: a part of it is found out by what comes out.
        InputStream part = access.part(stored, channel, place.offset(), isBundled ? place.stored() : Long.MAX_VALUE);
        try {
            return new Named(
                    ExactStream.open(part, cipher, manifest.compression(), form, file.size()),
                    stored,
                    place.offset(),
                    file);
        } catch (CodecException e) {
            throw damaged(stored, place.offset(), file, e);
        }
    }

    /** Reads the block map of a file. */
    BlockMap map(ManifestFile file, ManifestFile.Blocks blocks) throws IOException {
        ManifestFile.Place place = file.place();
        Path stored = path(file.path(), place.reference(), place.bundle(), BLOCKS_SUFFIX);
        long offset = place.offset() + place.stored() - blocks.mapSize();
        if (blocks.mapSize() > LONGEST_MAP) {
            throw damaged(
                    stored,
                    offset,
                    file,
                    new CodecException(
                            "expected a block map of " + LONGEST_MAP + " bytes at most, found " + blocks.mapSize()));
        }
        try (InputStream part = access.part(stored, open(stored, file), offset, blocks.mapSize())) {
            byte[] bytes = cipher.open(part, Layer.Form.RAW).readNBytes((int) LONGEST_MAP);
            return BlockMap.parse(bytes, blocks, file.size(), references());
        } catch (CodecException | IniException e) {
            throw damaged(stored, offset, file, e);
        }
    }

    /** Reads a super block of a file whole. */
    byte[] superBlock(ManifestFile file, BlockMap.SuperBlock block, int blockSize) throws IOException {
        Path stored = path(file.path(), block.reference(), block.bundle(), BLOCKS_SUFFIX);
        InputStream part = access.part(stored, open(stored, file), block.offset(), block.stored());
        Layer outer = manifest.isBeta() ? BetaBlocks.inChunks(cipher) : cipher;
        Layer inner =
                manifest.isBeta() ? BetaBlocks.numbered(manifest.compression(), blockSize) : manifest.compression();
        try (InputStream plain = ExactStream.open(part, outer, inner, Layer.Form.RAW, block.length())) {
            byte[] bytes = plain.readNBytes(block.length());
            if (plain.read() >= 0) {
                throw new CodecException("expected " + block.length() + " bytes, found more");
            }
            return bytes;
        } catch (CodecException e) {
            throw damaged(stored, block.offset(), file, e);
        }
    }

    private FileChannel open(Path stored, ManifestFile file) throws IOException {
        try {
            return access.open(stored);
        } catch (NoSuchFileException e) {
            throw BackrestException.at(
                    stored.toString(), "expected the content of " + place(file) + ", found no such file", e);
        }
    }

    private Path path(DataPath path, int reference, long bundle, String suffix) {
        Path backup = stanza.resolve(manifest.references().get(reference));
        return bundle > 0
                ? backup.resolve("bundle").resolve(Long.toString(bundle))
                : backup.resolve((isInTablespace(path) ? "" : "pg_data/") + path + suffix);
    }

    /** Whether the file lies behind the link of a tablespace: then its name in the repository begins with that. */
    private boolean isInTablespace(DataPath path) {
        Optional<DataPath> ancestor = Optional.of(path);
        while (ancestor.isPresent()) {
            if (ancestor.get().isTablespace()) {
                return manifest.links().containsKey(ancestor.get());
            }
            ancestor = ancestor.get().parent();
        }
        return false;
    }

    private BackrestException damaged(Path stored, long offset, ManifestFile file, Exception e) {
        return BackrestException.at(
                stored + ", offset " + offset, place(file) + ": " + String.valueOf(e.getMessage()), e);
    }

    /** Errors of a stream under the name of its file. */
    private final class Named extends BulkInputStream {
        private final ExactStream content;
        private final Path stored;
        private final long offset;
        private final ManifestFile file;

        Named(ExactStream content, Path stored, long offset, ManifestFile file) {
            this.content = content;
            this.stored = stored;
            this.offset = offset;
            this.file = file;
        }

        @Override
        public int read(byte[] target, int begin, int wanted) throws IOException {
            try {
                return content.read(target, begin, wanted);
            } catch (InterruptedIOException e) {
                throw e;
            } catch (CodecException e) {
                // What stopped the reading is not what damages a file.
                access.proceed();
                throw damaged(stored, offset, file, e);
            }
        }

        @Override
        public void close() throws IOException {
            content.close();
        }
    }
}
