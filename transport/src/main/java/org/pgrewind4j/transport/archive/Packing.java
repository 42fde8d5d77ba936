package org.pgrewind4j.transport.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.pgrewind4j.transport.codec.Compression;
import org.pgrewind4j.transport.codec.Layer;
import org.pgrewind4j.transport.codec.Xz;

/**
 * How an archived file is packed. Its first bytes tell: a name can lack the suffix (Barman's do), or have it by mistake.
 *
 * @param layer takes it off
 * @param begin the first bytes of such a file, in hexadecimal digits
 */
record Packing(Layer layer, String begin) {

    /** Not packed at all, or in a way that is not known. */
    static final Packing PLAIN = new Packing(Layer.NONE, "");

    private static final List<Packing> KNOWN = List.of(
            new Packing(Compression.GZ, "1f8b"),
            new Packing(Compression.BZ2, "425a68"),
            new Packing(Compression.LZ4, "04224d18"),
            new Packing(Compression.ZST, "28b52ffd"),
            new Packing(Xz.INSTANCE, "fd377a585a00"));

    private static final int LONGEST = 6;

    static Packing of(Path file) throws IOException {
        String found;
        try (InputStream stored = Files.newInputStream(file)) {
            found = HexFormat.of().formatHex(stored.readNBytes(LONGEST));
        }
        return KNOWN.stream()
                .filter(packing -> found.startsWith(packing.begin))
                .findFirst()
                .orElse(PLAIN);
    }

    InputStream open(Path file) throws IOException {
        return layer.open(Files.newInputStream(file), Layer.Form.FILE);
    }
}
