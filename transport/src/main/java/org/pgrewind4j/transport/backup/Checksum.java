package org.pgrewind4j.transport.backup;

import java.util.HexFormat;

/**
 * The checksum of a file's content.
 *
 * @param algorithm how it is computed
 * @param hex its value, in lower case hexadecimal digits, as many as the algorithm gives
 */
public record Checksum(Algorithm algorithm, String hex) {

    /** What backups use: pgBackRest's SHA-1, and what {@code pg_basebackup --manifest-checksums} offers. */
    public enum Algorithm {
        /** CRC-32C, as {@code backup_manifest} writes it: its four bytes in the order of the memory, lowest first. */
        CRC32C(4, ""),
        /** SHA-1. */
        SHA1(20, "SHA-1"),
        /** SHA-224. */
        SHA224(28, "SHA-224"),
        /** SHA-256. */
        SHA256(32, "SHA-256"),
        /** SHA-384. */
        SHA384(48, "SHA-384"),
        /** SHA-512. */
        SHA512(64, "SHA-512");

        private final int length;
        private final String digestName;

        Algorithm(int length, String digestName) {
            this.length = length;
            this.digestName = digestName;
        }

        /**
         * How long its value is.
         *
         * @return bytes
         */
        public int length() {
            return length;
        }

        /**
         * What {@link java.security.MessageDigest} calls it.
         *
         * @return the name; empty for {@link #CRC32C}, which is none of them
         */
        public String digestName() {
            return digestName;
        }
    }

    /**
     * Checks the digits.
     *
     * @param algorithm how it is computed
     * @param hex its value
     * @throws IllegalArgumentException if they are no digits in lower case, or too few or many
     */
    public Checksum {
        if (hex.length() != 2 * algorithm.length()
                || !hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            throw new IllegalArgumentException("not a checksum of " + algorithm + ": \"" + hex + "\"");
        }
    }

    /**
     * Takes a value as bytes.
     *
     * @param algorithm how it was computed
     * @param value its bytes
     * @return the checksum
     */
    public static Checksum of(Algorithm algorithm, byte[] value) {
        return new Checksum(algorithm, HexFormat.of().formatHex(value));
    }

    /**
     * The value as bytes.
     *
     * @return a new array
     */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }
}
