package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.ClusterWal;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.framing.WalLayout;
import org.pgrewind4j.wal.record.BlockImage.Compression;

/** Pages restored from images are those that the server has in its buffers. */
@Tag("server")
class BlockImageTest {

    /** The page's LSN, and its checksum: set after the image was made. */
    private static final int BEFORE_FLAGS = 10;

    private static final int PGLZ = 0x05;
    private static final int LZ4 = 0x09;
    private static final int ZSTD = 0x11;

    /** Debian's 15 has every method; the oldest and the newest release that are tested have none or one of them. */
    static List<ServerRelease> releases() {
        return ServerRelease.installed15()
                .map(debian -> List.of(ServerRelease.of("9.6"), debian, ServerRelease.newest()))
                .orElse(List.of(ServerRelease.of("9.6"), ServerRelease.newest()));
    }

    private static List<Compression> methods(ServerRelease release) {
        if (ServerRelease.installed15().filter(release::equals).isPresent()) {
            return List.of(Compression.values());
        }
        return List.of(Compression.NONE, Compression.PGLZ);
    }

    /** How the setting is spelt: up to 14 it is on or off. */
    private static String setting(ServerRelease release, Compression method) {
        return switch (method) {
            case NONE -> "off";
            case PGLZ -> release.major() < 15 ? "on" : "pglz";
            case LZ4 -> "lz4";
            case ZSTD -> "zstd";
        };
    }

    @ParameterizedTest
    @MethodSource("releases")
    void restoresThePageThatTheServerHas(ServerRelease release) throws IOException {
        try (PostgresServer server =
                PostgresServer.builder(release).setting("autovacuum", "off").build()) {
            server.initialize();
            server.start();
            server.execute("CREATE EXTENSION pageinspect");
            for (Compression method : methods(release)) {
                server.execute(
                        "CREATE TABLE t_" + method
                                + " AS SELECT i, repeat('text ', i) AS t FROM generate_series(1, 40) i",
                        // Hint bits are set now, so that no image is made because of them.
                        "VACUUM t_" + method,
                        "CHECKPOINT");
                Lsn before = server.currentWalLsn();
                server.execute(
                        "SET wal_compression = " + setting(release, method),
                        "UPDATE t_" + method + " SET t = 'changed' WHERE i = 7");
                String file = server.value("SELECT pg_relation_filenode('t_" + method + "')");
                byte[] page = HexFormat.of()
                        .parseHex(server.value("SELECT encode(get_raw_page('t_" + method + "', 0), 'hex')"));
                server.switchWal();
                BlockImage image = image(ClusterWal.of(server.dataDirectory()), before, file);

                assertThat(image.compression()).isEqualTo(method);
                assertThat(image.holeLength()).isPositive();
                assertThat(Arrays.copyOfRange(image.restore(), BEFORE_FLAGS, 8192))
                        .isEqualTo(Arrays.copyOfRange(page, BEFORE_FLAGS, 8192));
            }
            server.stop(StopMode.IMMEDIATE);
        }
    }

    private static BlockImage image(ClusterWal wal, Lsn from, String file) throws IOException {
        for (WalRecord record : ClusterWal.Listing.of(wal.open(from)).records()) {
            for (BlockReference block : record.blocks()) {
                if (Long.toString(Integer.toUnsignedLong(block.relation().relation()))
                                .equals(file)
                        && block.image().isPresent()) {
                    return block.image().get();
                }
            }
        }
        throw new AssertionError("no image of " + file);
    }

    private static BlockImage of(int info, int holeOffset, int holeLength, String hex) {
        byte[] content = HexFormat.of().parseHex(hex);
        return new BlockImage(
                WalLayout.of(PostgresVersion.V18), info, holeOffset, holeLength, ByteBuffer.wrap(content));
    }

    @Test
    void repeatsWhatAMatchReachesInto() {
        byte[] page = of(PGLZ, 4, 8187, "02" + "ab" + "0101").restore();

        assertThat(Arrays.copyOf(page, 4)).containsOnly(0xab);
        assertThat(page[8191]).isEqualTo((byte) 0xab);
        assertThat(Arrays.copyOfRange(page, 4, 8191)).containsOnly(0);
    }

    @Test
    void refusesWhatDoesNotBecomeAPage() {
        assertMalformed(of(PGLZ, 100, 8187, "00ab"), "hole at 100 of 8187 bytes");
        assertMalformed(of(PGLZ, 4, 8187, "00ab"), "pglz: expected 5 bytes out of 2, found 1 out of 2");
        assertMalformed(of(PGLZ, 4, 8187, "00abababababab"), "pglz: expected 5 bytes out of 7, found 5 out of 6");
        assertMalformed(of(PGLZ, 4, 8187, "02ab1002"), "pglz: offset 258 at byte 1");
        assertMalformed(of(PGLZ, 4, 8187, "02ab11"), "pglz: ends within a match");
        assertMalformed(of(LZ4, 4, 8187, "10ab"), "lz4: expected 5 bytes, found 1");
        assertMalformed(of(ZSTD, 4, 8187, "00112233"), "zstd: Src size is incorrect");
        assertMalformed(of(0x01, 4, 8187, "abab"), "expected 5 bytes, found 2");
    }

    private static void assertMalformed(BlockImage image, String detail) {
        assertThatThrownBy(image::restore)
                .isInstanceOf(BlockImageException.class)
                .hasMessage("malformed block image: " + detail);
    }
}
