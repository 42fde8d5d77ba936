package org.pgrewind4j.wal.record;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;

/**
 * Decompresses what libraries can: LZ4 blocks (without a frame) and Zstandard frames (PostgreSQL:
 * {@code src/backend/access/transam/xloginsert.c}, {@code XLogCompressBackupBlock}). Both libraries are optional, so each is
 * named in a class of its own, which is loaded when it is needed.
 */
final class LibraryImage {

    private LibraryImage() {}

    static byte[] lz4(byte[] source, int length) {
        try {
            return Lz4.decompress(source, length);
        } catch (LinkageError e) {
            throw BlockImageException.missing("lz4", "org.apache.commons:commons-compress", e);
        }
    }

    static byte[] zstd(byte[] source, int length) {
        try {
            return Zstandard.decompress(source, length);
        } catch (LinkageError e) {
            throw BlockImageException.missing("zstd", "com.github.luben:zstd-jni", e);
        }
    }

    private static byte[] exactly(int length, byte[] found, int count, String method) {
        if (count != length) {
            throw BlockImageException.malformed(method + ": expected " + length + " bytes, found " + count);
        }
        return found;
    }

    private static final class Lz4 {
        static byte[] decompress(byte[] source, int length) {
            byte[] target = new byte[length];
            try (BlockLZ4CompressorInputStream block =
                    new BlockLZ4CompressorInputStream(new ByteArrayInputStream(source))) {
                int count = block.readNBytes(target, 0, length);
                return exactly(length, target, block.read() < 0 ? count : length + 1, "lz4");
            } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
                throw BlockImageException.malformed("lz4: " + e.getMessage());
            }
        }
    }

    private static final class Zstandard {
        static byte[] decompress(byte[] source, int length) {
            byte[] target = new byte[length];
            try {
                long count = Zstd.decompressByteArray(target, 0, length, source, 0, source.length);
                return exactly(length, target, (int) count, "zstd");
            } catch (ZstdException e) {
                throw BlockImageException.malformed("zstd: " + e.getMessage());
            }
        }
    }
}
