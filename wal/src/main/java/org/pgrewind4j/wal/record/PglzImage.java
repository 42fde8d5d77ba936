package org.pgrewind4j.wal.record;

/**
 * Decompresses what PostgreSQL's own method compressed. By hand, since no library has it.
 *
 * <pre>
 * data    = { group }
 * group   = flags:1 , 8 * item                 the last group may be shorter; flags from the lowest bit on
 * item    = literal:1                          where its flag is 0
 *         | offset:4 (high) length:4 , offset:8 , [ length:8 ]
 * </pre>
 *
 * A match copies from so many bytes before; its length is 3 more than what the nibble says, and where that says 15, another
 * byte adds to it. PostgreSQL: {@code src/common/pg_lzcompress.c}, {@code pglz_decompress}.
 */
final class PglzImage {

    private static final int SHORTEST_MATCH = 3;
    private static final int LONGEST_SHORT_MATCH = 18;

    private final byte[] source;
    private final byte[] target;
    private int from;
    private int to;

    private PglzImage(byte[] source, int length) {
        this.source = source;
        this.target = new byte[length];
    }

    /** The bytes, exactly as many as expected, out of all of the source. */
    static byte[] decompress(byte[] source, int length) {
        PglzImage image = new PglzImage(source, length);
        image.run();
        return image.target;
    }

    private void run() {
        while (from < source.length && to < target.length) {
            int flags = source[from++];
            for (int item = 0; item < 8 && from < source.length && to < target.length; item++) {
                if ((flags >> item & 1) == 0) {
                    target[to++] = source[from++];
                } else {
                    match();
                }
            }
        }
        if (from != source.length || to != target.length) {
            throw BlockImageException.malformed("pglz: expected " + target.length + " bytes out of " + source.length
                    + ", found " + to + " out of " + from);
        }
    }

    private void match() {
        int first = next();
        int length = (first & 0x0F) + SHORTEST_MATCH;
        int offset = (first & 0xF0) << 4 | next();
        if (length == LONGEST_SHORT_MATCH) {
            length += next();
        }
        if (offset == 0 || offset > to) {
            throw BlockImageException.malformed("pglz: offset " + offset + " at byte " + to);
        }
        // A match may reach into what it writes: byte by byte, it repeats. It may be cut by the end of the page.
        for (int end = Math.min(target.length, to + length); to < end; to++) {
            target[to] = target[to - offset];
        }
    }

    private int next() {
        if (from == source.length) {
            throw BlockImageException.malformed("pglz: ends within a match");
        }
        return source[from++] & 0xFF;
    }
}
