package org.pgrewind4j.testserver;

import java.util.HexFormat;

/**
 * A page that two data directories do not share, beyond what replay may leave different.
 *
 * @param file the file's path within the data directory
 * @param block the page's number within the file, from 0
 * @param offset the first byte that differs, from 0
 * @param left the first directory's bytes from there on, a few
 * @param right the second directory's bytes from there on, a few
 */
public record PageDifference(String file, long block, int offset, String left, String right) {

    private static final int SHOWN = 16;

    static PageDifference of(String file, long block, int offset, byte[] left, byte[] right) {
        return new PageDifference(file, block, offset, hex(left, offset), hex(right, offset));
    }

    private static String hex(byte[] page, int offset) {
        return HexFormat.of().formatHex(page, offset, Math.min(page.length, offset + SHOWN));
    }

    /** Prints where the difference is and both sides' bytes. */
    @Override
    public String toString() {
        return file + " block " + block + " byte " + offset + ": " + left + " / " + right;
    }
}
