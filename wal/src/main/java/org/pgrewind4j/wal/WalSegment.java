package org.pgrewind4j.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One open WAL segment: positional bytes, as one file in {@code pg_wal} or an archive has them. Whoever opened it
 * closes it. A segment is read by one thread at a time.
 *
 * <p>The bytes are not trusted: the reader validates everything that it reads, and takes a segment that is shorter than
 * its nominal size as one that ends there.
 */
public interface WalSegment extends Closeable {

    /**
     * Reads bytes from a position. Fewer bytes than asked for do not mean that the segment ends: only -1 does.
     *
     * @param target receives the bytes, from its position on; has room for at least one byte
     * @param position offset in bytes from the start of the segment, not negative, may be past its end
     * @return how many bytes were read, at least 1, or -1 if the segment has no byte at that position
     * @throws IOException if the bytes cannot be read
     */
    int read(ByteBuffer target, long position) throws IOException;
}
