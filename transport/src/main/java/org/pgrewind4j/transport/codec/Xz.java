package org.pgrewind4j.transport.codec;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The format of {@code xz}, which people compress archived WAL with. Takes at most 128 MB for its window. */
public enum Xz implements Layer {
    /** The only one. */
    INSTANCE;

    private static final int MOST_KILOBYTES = 128 * 1024;

    @Override
    public InputStream open(InputStream stored, Form form) throws IOException {
        try {
            return Decoder.open(stored);
        } catch (LinkageError e) {
            throw CodecException.missing("the xz decoder", "org.tukaani:xz and org.apache.commons:commons-compress", e);
        }
    }

    /** Loaded when it is needed. */
    private static final class Decoder {
        static InputStream open(InputStream stored) throws IOException {
            return XZCompressorInputStream.builder()
                    .setInputStream(new BufferedInputStream(stored))
                    .setMemoryLimitKiB(MOST_KILOBYTES)
                    .get();
        }
    }
}
