package org.pgrewind4j.transport;

import java.util.List;

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

    /**
     * Adds this range to a list, as one with the last range of it where they touch, and not at all if it is empty.
     *
     * @param ranges ranges of the same file, ascending
     */
    public void appendTo(List<FileRange> ranges) {
        int last = ranges.size() - 1;
        if (last >= 0 && ranges.get(last).end() == offset) {
            FileRange before = ranges.get(last);
            ranges.set(last, new FileRange(path, before.offset(), before.length() + length));
        } else if (length > 0) {
            ranges.add(this);
        }
    }

    /** Prints as {@code base/1/1259[8192, 16384)}. */
    @Override
    public String toString() {
        return path + "[" + offset + ", " + end() + ")";
    }
}
