package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;

/** Takes a file's bytes in ascending order, not all of them where not all were wanted. */
@FunctionalInterface
interface ContentSink {

    /**
     * Takes a piece.
     *
     * @param position where in the file it belongs
     * @param bytes hold it; they are used again
     * @param offset of its first byte
     * @param length how many
     * @throws IOException to end the reading
     */
    void take(long position, byte[] bytes, int offset, int length) throws IOException;
}
