package org.pgrewind4j.transport;

/**
 * A stretch of a file.
 *
 * @param path the file
 * @param offset where the stretch begins, in bytes from 0 on
 * @param length how many bytes, from 0 on; it may reach past the file's end
 */
public record FileRange(DataPath path, long offset, long length) {

    /**
     * Checks the numbers.
     *
     * @param path the file
     * @param offset where the stretch begins, in bytes
     * @param length how many bytes
     * @throws IllegalArgumentException if one of them is negative, or their sum is past the greatest {@code long}
     */
    public FileRange {
        if (offset < 0 || length < 0 || Long.MAX_VALUE - offset < length) {
            throw new IllegalArgumentException("range of \"" + path + "\": offset " + offset + ", length " + length);
        }
    }

    /**
     * Where the stretch ends.
     *
     * @return the offset just behind the last byte
     */
    public long end() {
        return offset + length;
    }

    /** Prints as {@code base/1/1259[8192, 16384)}. */
    @Override
    public String toString() {
        return path + "[" + offset + ", " + end() + ")";
    }
}
