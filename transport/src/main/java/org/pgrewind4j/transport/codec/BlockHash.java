package org.pgrewind4j.transport.codec;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** XXH3 with 128 bits in its canonical form, the highest byte first, of which the first bytes are kept. */
public final class BlockHash {

    /** How long the whole value is, in bytes. */
    public static final int LENGTH = 16;

    private final Hasher128 hasher;

    private BlockHash(Hasher128 hasher) {
        this.hasher = hasher;
    }

    /**
     * Finds the library.
     *
     * @return for use by one thread or several
     * @throws IOException if the library is not there
     */
    public static BlockHash create() throws IOException {
        try {
            return new BlockHash(Hashing.xxh3_128());
        } catch (LinkageError e) {
            throw CodecException.missing("the XXH3 checksum", "com.dynatrace.hash4j:hash4j", e);
        }
    }

    /**
     * Computes the checksum of bytes.
     *
     * @param bytes hold them
     * @param offset of the first one
     * @param length how many
     * @param kept how many bytes of the checksum are wanted, up to {@link #LENGTH}
     * @return its first bytes
     */
    public byte[] of(byte[] bytes, int offset, int length, int kept) {
        HashValue128 value = hasher.hashBytesTo128Bits(bytes, offset, length);
        byte[] canonical = ByteBuffer.allocate(LENGTH)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits())
                .array();
        return Arrays.copyOf(canonical, kept);
    }
}
