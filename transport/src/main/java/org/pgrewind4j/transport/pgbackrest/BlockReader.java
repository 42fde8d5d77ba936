package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pgrewind4j.transport.codec.BlockHash;

/**
 * Reads a block incremental file. The blocks of one super block need not lie beside each other in the file, since those that
 * changed later lie elsewhere: so the super blocks that were read last are kept, up to a few megabytes.
 */
final class BlockReader {

    private static final long KEPT = 8 << 20;

    private final StoredContent stored;
    private final ManifestFile file;
    private final ManifestFile.Blocks blocks;
    private final BlockMap map;
    private final BlockHash hash;
    private final Map<BlockMap.SuperBlock, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long keptBytes;

    BlockReader(StoredContent stored, ManifestFile file, ManifestFile.Blocks blocks) throws IOException {
        this.stored = stored;
        this.file = file;
        this.blocks = blocks;
        this.hash = BlockHash.create();
        this.map = stored.map(file, blocks);
    }

    /** Reads all blocks that hold a byte of these parts. */
    void read(Stretches wanted, ContentSink sink) throws IOException {
        int next = 0;
        for (Stretches.Stretch part : wanted.parts()) {
            int first = Math.max(next, (int) (part.begin() / blocks.blockSize()));
            int last = (int) ((part.end() - 1) / blocks.blockSize());
            for (int block = first; block <= last; block++) {
                stored.access().proceed();
                read(block, sink);
            }
            next = last + 1;
        }
    }

    private void read(int block, ContentSink sink) throws IOException {
        BlockMap.SuperBlock superBlock = map.superBlock(block);
        byte[] bytes = bytes(superBlock);
        long position = (long) block * blocks.blockSize();
        int length = (int) Math.min(blocks.blockSize(), file.size() - position);
        long offset = (long) map.numberIn(block) * blocks.blockSize();
        if (bytes.length - offset < length) {
            throw fault(
                    block,
                    "expected " + length + " bytes at " + offset + " of its super block, found "
                            + Math.max(0, bytes.length - offset));
        }
        byte[] expected = map.checksum(block);
        byte[] found = hash.of(bytes, (int) offset, length, expected.length);
        if (!Arrays.equals(found, expected)) {
            throw fault(
                    block,
                    "expected the checksum " + HexFormat.of().formatHex(expected) + ", found "
                            + HexFormat.of().formatHex(found));
        }
        sink.take(position, bytes, (int) offset, length);
    }

    private byte[] bytes(BlockMap.SuperBlock superBlock) throws IOException {
        byte[] known = kept.get(superBlock);
        if (known != null) {
            return known;
        }
        byte[] read = stored.superBlock(file, superBlock, blocks.blockSize());
        kept.put(superBlock, read);
        keptBytes += read.length;
        Iterator<byte[]> longestAgo = kept.values().iterator();
        while (keptBytes > KEPT && kept.size() > 1) {
            keptBytes -= longestAgo.next().length;
            longestAgo.remove();
        }
        return read;
    }

    private BackrestException fault(int block, String message) {
        return BackrestException.at(stored.place(file), "block " + block + ": " + message);
    }
}
