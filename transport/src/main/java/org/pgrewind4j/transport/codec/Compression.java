package org.pgrewind4j.transport.codec;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;

/**
 * How bytes are compressed. The formats are each the one of the program of that name; of gz the {@linkplain Form#RAW raw}
 * form is a zlib stream (RFC 1950), of the others it is the same.
 *
 * <p>Memory is bounded by the format, whatever the bytes say: a window of 32 kB (gz), blocks of 900 kB (bz2) and 64 kB of
 * history (lz4), and a window of at most 128 MB outside the heap (zst), which only the highest levels use.
 */
public enum Compression implements Layer {
    /** Not at all. */
    NONE("none", ""),
    /** DEFLATE. */
    GZ("gz", ".gz"),
    /** Burrows-Wheeler. */
    BZ2("bz2", ".bz2"),
    /** LZ4 frames, whose blocks may refer to those before. */
    LZ4("lz4", ".lz4"),
    /** Zstandard frames. */
    ZST("zst", ".zst");

    private static final int BUFFER = 64 * 1024;

    private final String label;
    private final String suffix;

    Compression(String label, String suffix) {
        this.label = label;
        this.suffix = suffix;
    }

    /**
     * Finds a compression by its name.
     *
     * @param label such as {@code zst}
     * @return the compression, empty if there is none of that name
     */
    public static Optional<Compression> ofLabel(String label) {
        return Arrays.stream(values())
                .filter(value -> value.label.equals(label))
                .findFirst();
    }

    /**
     * Finds the compression of a file by its name.
     *
     * @param fileName the file's name
     * @return the one whose suffix the name has; {@link #NONE} if it has no such suffix
     */
    public static Compression ofFileName(String fileName) {
        return Arrays.stream(values())
                .filter(value -> value != NONE && fileName.endsWith(value.suffix))
                .findFirst()
                .orElse(NONE);
    }

    /**
     * What its files' names end with.
     *
     * @return such as {@code .zst}; empty for {@link #NONE}
     */
    public String suffix() {
        return suffix;
    }

    @Override
    public InputStream open(InputStream stored, Form form) throws IOException {
        try {
            return switch (this) {
                case NONE -> stored;
                case GZ -> form == Form.FILE ? new GZIPInputStream(stored, BUFFER) : new ZlibStream(stored);
                case BZ2 -> CommonsCompress.bz2(stored);
                case LZ4 -> CommonsCompress.lz4(stored);
                case ZST -> Zstandard.zst(stored);
            };
        } catch (LinkageError e) {
            throw CodecException.missing(
                    "the " + this + " decoder",
                    this == ZST ? "com.github.luben:zstd-jni" : "org.apache.commons:commons-compress",
                    e);
        }
    }

    /** Prints the name. */
    @Override
    public String toString() {
        return label;
    }

    private static final class ZlibStream extends InflaterInputStream {
        ZlibStream(InputStream stored) {
            super(stored, new Inflater(), BUFFER);
        }

        @Override
        public void close() throws IOException {
            super.close();
            inf.end();
        }
    }

    // What an optional library is needed for lies in a class of its own, which is loaded when it is needed.

    /** Its decoders read byte by byte. */
    private static final class CommonsCompress {
        static InputStream bz2(InputStream stored) throws IOException {
            return new BZip2CompressorInputStream(new BufferedInputStream(stored, BUFFER));
        }

        static InputStream lz4(InputStream stored) throws IOException {
            return new FramedLZ4CompressorInputStream(new BufferedInputStream(stored, BUFFER));
        }
    }

    private static final class Zstandard {
        static InputStream zst(InputStream stored) throws IOException {
            return new ZstdInputStreamNoFinalizer(stored);
        }
    }
}
