package org.pgrewind4j.transport.backup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/** A checksum that is computed piece after piece. */
abstract class RunningChecksum {

    static RunningChecksum of(Checksum.Algorithm algorithm) {
        return algorithm == Checksum.Algorithm.CRC32C ? new Crc() : new Digest(algorithm);
    }

    /** Takes the bytes from the buffer's position to its limit, and leaves both where they are. */
    abstract void update(ByteBuffer bytes);

    /** The checksum of all that was taken; nothing more can be taken then. */
    abstract Checksum value();

    private static final class Crc extends RunningChecksum {
        private final CRC32C crc = new CRC32C();

        @Override
        void update(ByteBuffer bytes) {
            crc.update(bytes.duplicate());
        }

        @Override
        Checksum value() {
            ByteBuffer value = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            return Checksum.of(
                    Checksum.Algorithm.CRC32C,
                    value.putInt((int) crc.getValue()).array());
        }
    }

    private static final class Digest extends RunningChecksum {
        private final Checksum.Algorithm algorithm;
        private final MessageDigest digest;

        Digest(Checksum.Algorithm algorithm) {
            this.algorithm = algorithm;
            try {
                this.digest = MessageDigest.getInstance(algorithm.digestName());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has " + algorithm.digestName(), e);
            }
        }

        @Override
        void update(ByteBuffer bytes) {
            digest.update(bytes.duplicate());
        }

        @Override
        Checksum value() {
            return Checksum.of(algorithm, digest.digest());
        }
    }
}
