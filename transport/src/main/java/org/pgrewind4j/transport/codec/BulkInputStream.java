package org.pgrewind4j.transport.codec;

import java.io.IOException;
import java.io.InputStream;

/** A stream that knows how to read many bytes, and reads a single one that way. */
public abstract class BulkInputStream extends InputStream {

    /** For subclasses. */
    public BulkInputStream() {}

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public abstract int read(byte[] target, int offset, int wanted) throws IOException;
}
