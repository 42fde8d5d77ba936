package org.pgrewind4j.wal;

import java.nio.ByteBuffer;
import java.util.List;

/** Bytes of a fuzzer: the first one chooses the release, the others change something that is right. */
public record FuzzInput(PostgresVersion version, ByteBuffer rest) {

    private static final List<PostgresVersion> RELEASES = List.of(PostgresVersion.values());

    public static FuzzInput of(byte[] bytes) {
        return bytes.length == 0
                ? new FuzzInput(RELEASES.get(0), ByteBuffer.allocate(0))
                : new FuzzInput(
                        RELEASES.get(Byte.toUnsignedInt(bytes[0]) % RELEASES.size()),
                        ByteBuffer.wrap(bytes, 1, bytes.length - 1));
    }

    /** Changes bytes from the first on. A zero changes nothing, so that a few bytes can change a single field. */
    public void change(byte[] bytes, int length) {
        for (int i = 0; i < length && rest.hasRemaining(); i++) {
            bytes[i] ^= rest.get();
        }
    }
}
