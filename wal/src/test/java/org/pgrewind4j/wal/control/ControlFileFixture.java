package org.pgrewind4j.wal.control;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Maps;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.pgrewind4j.wal.PostgresVersion;

/** The control files of real servers, one of each release, that lie in the test resources. */
final class ControlFileFixture {
    private static final Map<PostgresVersion, byte[]> BYTES =
            Maps.toMap(List.of(PostgresVersion.values()), ControlFileFixture::unpack);

    private ControlFileFixture() {}

    static byte[] bytes(PostgresVersion version) {
        return requireNonNull(BYTES.get(version)).clone();
    }

    private static byte[] unpack(PostgresVersion version) {
        String name = "pg_control-" + version.release() + ".gz";
        try (InputStream resource = requireNonNull(ControlFileFixture.class.getResourceAsStream(name), name);
                InputStream unpacked = new GZIPInputStream(resource)) {
            return unpacked.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ControlFile of(PostgresVersion version) {
        return ControlFile.parse(bytes(version));
    }

    /** Makes the CRC right again after bytes were changed. */
    static byte[] withCrc(byte[] bytes, PostgresVersion version) {
        byte[] copy = bytes.clone();
        ControlFile.littleEndian(copy).putInt(ControlFile.crcOffset(version), ControlFile.crc(copy, version));
        return copy;
    }
}
