package org.pgrewind4j.transport.codec;

import java.io.IOException;
import java.io.InputStream;

/** One layer around stored bytes. */
public interface Layer {

    /** Nothing around the bytes. */
    Layer NONE = (stored, form) -> stored;

    /** How a layer marks itself. */
    enum Form {
        /** As a file of its own, which any program knows by its first bytes. */
        FILE,
        /** As a part of something that already says what it is. */
        RAW
    }

    /**
     * Takes the layer off. What the stream then delivers can be of any length: whoever reads it stops in time.
     *
     * @param stored the bytes with the layer
     * @param form how the layer marks itself
     * @return the bytes without it; reading them throws an {@link IOException}, or a runtime exception of a library,
     *     where the stored ones are damaged
     * @throws IOException if the first bytes are not those of such a layer, or cannot be read
     */
    InputStream open(InputStream stored, Form form) throws IOException;
}
