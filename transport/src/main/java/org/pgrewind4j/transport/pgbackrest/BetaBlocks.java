package org.pgrewind4j.transport.pgbackrest;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.pgrewind4j.transport.codec.BulkInputStream;
import org.pgrewind4j.transport.codec.Layer;

/**
 * Super blocks as pgBackRest 2.45 stored them, the one release in which they were a beta, and which later ones do not read
 * (pgBackRest 2.45: {@code src/common/io/filter/chunk.c}, {@code src/command/backup/blockIncr.c}). Around them there are two
 * layers more: what is stored comes in chunks, each behind its length as a varint and ended by a zero, where the first length
 * is as it is and the others are one more than the zigzag difference to the one before; and each block has its number before
 * it, as a varint too, which tells nothing that the map does not.
 */
final class BetaBlocks {

    /** The release. */
    static final String RELEASE = "2.45";

    private static final int BUFFER = 64 * 1024;

    private BetaBlocks() {}

    /** The chunks around a layer. */
    static Layer inChunks(Layer layer) {
        return (stored, form) -> layer.open(new Chunks(new BufferedInputStream(stored, BUFFER)), form);
    }

    /** A layer around numbered blocks. */
    static Layer numbered(Layer layer, int blockSize) {
        return (stored, form) -> new Numbered(layer.open(stored, form), blockSize);
    }

    private static long varint(InputStream in, int first) throws IOException {
        long value = 0;
        int next = first;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (next < 0) {
                throw new EOFException("a number ends early");
            }
            value |= (next & 0x7FL) << shift;
            if (next < 0x80) {
                return value;
            }
            next = in.read();
        }
        throw new IOException("a number is longer than 64 bits");
    }

    /** Pieces of a stream with something before each. */
    private abstract static class Pieces extends BulkInputStream {
        final InputStream in;
        private long left;
        private boolean isEnded;

        Pieces(InputStream in) {
            this.in = in;
        }

        /** Begins the next piece: its length, or -1 if there is none. */
        abstract long next() throws IOException;

        @Override
        public int read(byte[] target, int offset, int wanted) throws IOException {
            if (wanted == 0) {
                return 0;
            }
            if (left == 0 && !isEnded) {
                left = next();
                isEnded = left < 0;
            }
            if (isEnded) {
                return -1;
            }
            int read = in.read(target, offset, (int) Math.min(wanted, left));
            if (read < 0) {
                isEnded = true;
                return -1;
            }
            left -= read;
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private static final class Chunks extends Pieces {
        private long last;

        Chunks(InputStream in) {
            super(in);
        }

        @Override
        long next() throws IOException {
            long value = varint(in, in.read());
            if (value == 0) {
                return -1;
            }
            long zigzag = value - 1;
            last = last == 0 ? value : last + ((zigzag >>> 1) ^ -(zigzag & 1));
            if (last <= 0) {
                throw new IOException("a chunk of " + last + " bytes");
            }
            return last;
        }
    }

    private static final class Numbered extends Pieces {
        private final int blockSize;

        Numbered(InputStream in, int blockSize) {
            super(in);
            this.blockSize = blockSize;
        }

        @Override
        long next() throws IOException {
            int first = in.read();
            if (first < 0) {
                return -1;
            }
            varint(in, first);
            return blockSize;
        }
    }
}
