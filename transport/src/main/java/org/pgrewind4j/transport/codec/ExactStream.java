package org.pgrewind4j.transport.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;

/**
 * The bytes behind the layers, of a length that is known beforehand. A stream that ends earlier, or continues, is a
 * {@link CodecException}, and so is every exception that a decoder throws at damaged bytes: no more than one byte too
 * many is ever decoded, however much a few stored bytes would decompress to.
 */
public final class ExactStream extends BulkInputStream {

    private final InputStream decoded;
    private final long length;
    private long position;
    private boolean ended;

    private ExactStream(InputStream decoded, long length) {
        this.decoded = decoded;
        this.length = length;
    }

    /**
     * Takes layers off.
     *
     * @param stored the stored bytes; closed with this stream, and if this fails
     * @param outer the layer that was put on last
     * @param inner the layer below it
     * @param form how both mark themselves
     * @param length how many bytes there have to be behind them
     * @return a stream of so many bytes
     * @throws IOException if a layer is not there
     */
    public static ExactStream open(InputStream stored, Layer outer, Layer inner, Layer.Form form, long length)
            throws IOException {
        try {
            return new ExactStream(inner.open(outer.open(stored, form), form), length);
        } catch (IOException | RuntimeException e) {
            try (stored) {
                throw failure(e, 0);
            }
        }
    }

    @Override
    public int read(byte[] target, int offset, int wanted) throws IOException {
        Objects.checkFromIndexSize(offset, wanted, target.length);
        if (wanted == 0) {
            return 0;
        }
        if (position == length) {
            end();
            return -1;
        }
        int read = decode(target, offset, (int) Math.min(wanted, length - position));
        if (read < 0) {
            throw new CodecException("expected " + length + " bytes, found " + position);
        }
        position += read;
        return read;
    }

    private int decode(byte[] target, int offset, int wanted) throws IOException {
        try {
            return decoded.read(target, offset, wanted);
        } catch (IOException | RuntimeException e) {
            throw failure(e, position);
        }
    }

    /** Makes sure that nothing follows; a decoder checks its own checksum there. */
    private void end() throws IOException {
        if (!ended) {
            if (decode(new byte[1], 0, 1) >= 0) {
                throw new CodecException("expected " + length + " bytes, found more");
            }
            ended = true;
        }
    }

    private static IOException failure(Exception e, long position) {
        if (e instanceof InterruptedIOException || e instanceof java.nio.channels.ClosedByInterruptException) {
            return (IOException) e;
        }
        if (e instanceof CodecException known) {
            return known;
        }
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new CodecException("damaged after " + position + " bytes: " + reason, e);
    }

    @Override
    public void close() throws IOException {
        decoded.close();
    }
}
