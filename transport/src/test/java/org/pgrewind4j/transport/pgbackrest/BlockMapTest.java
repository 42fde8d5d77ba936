package org.pgrewind4j.transport.pgbackrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BlockMapTest {

    private static final ManifestFile.Blocks BLOCKS = new ManifestFile.Blocks(8192, 6, 1);

    /**
     * Five blocks: the first two and the last two of a super block of four in backup 0, bundle 7, at 100, with 900 bytes, and
     * between them one of its own in backup 1, bundle 2, at 0, with 300.
     */
    private static byte[] map() {
        return new MapText()
                .number(0)
                .number(2 | 4)
                .number(7)
                .number(100)
                .number(900 << 3 | 1 | 2 | 4)
                .number(4 << 1)
                .number(1 << 1)
                .sums(1, 2)
                .number(1 << 3 | 2)
                .number(2)
                .number(zigzag(300 - 900) << 3 | 1)
                .sums(3)
                .number(0 << 3 | 1 | 2 | 4)
                .number(1 << 1)
                .sums(4, 5)
                .bytes();
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    private static BlockMap parse(byte[] map, long size) {
        return BlockMap.parse(map, BLOCKS, size, 2);
    }

    @Test
    void findsTheBlocksOfSeveralBackups() {
        BlockMap map = parse(map(), 4 * 8192 + 1);
        assertThat(map.size()).isEqualTo(5);
        BlockMap.SuperBlock old = new BlockMap.SuperBlock(0, 7, 100, 900, 4 * 8192);
        for (int block : new int[] {0, 1, 3, 4}) {
            assertThat(map.superBlock(block)).isEqualTo(old);
            assertThat(map.numberIn(block)).isEqualTo(block < 2 ? block : block - 1);
        }
        assertThat(map.superBlock(2)).isEqualTo(new BlockMap.SuperBlock(1, 2, 0, 300, 8192));
        assertThat(map.checksum(3)).isEqualTo(new byte[] {4, 4, 4, 4, 4, 4});
    }

    @Test
    void refusesAMapOfAnotherFile() {
        assertThatThrownBy(() -> parse(map(), 4 * 8192))
                .isInstanceOf(IniException.class)
                .hasMessage("block map, byte 32: expected 4 blocks, found more");
        assertThatThrownBy(() -> parse(map(), 6 * 8192))
                .isInstanceOf(IniException.class)
                .hasMessageEndingWith("expected 6 blocks, found 5");
        assertThatThrownBy(() -> BlockMap.parse(map(), BLOCKS, 5 * 8192, 1))
                .isInstanceOf(IniException.class)
                .hasMessageEndingWith("expected a reference below 1, found 1");
    }

    @Test
    void refusesWhatIsTooShortOrTooLong() {
        byte[] map = map();
        for (int length = 0; length < map.length; length++) {
            byte[] cut = Arrays.copyOf(map, length);
            assertThatThrownBy(() -> parse(cut, 5 * 8192)).isInstanceOf(IniException.class);
        }
        assertThatThrownBy(() -> parse(Arrays.copyOf(map, map.length + 1), 5 * 8192))
                .isInstanceOf(IniException.class)
                .hasMessageEndingWith("expected the end, found 1 bytes");
    }

    @Test
    void takesNoMemoryForWhatAMapClaims() {
        byte[] huge = new MapText()
                .number(0)
                .number(0)
                .number(900 << 3 | 1 | 2)
                .number(1L << 50 << 1)
                .bytes();
        assertThatThrownBy(() -> parse(huge, Long.MAX_VALUE))
                .isInstanceOf(IniException.class)
                .hasMessageContaining("expected a super block of 268435456 bytes at most");
        byte[] many = new MapText()
                .number(0)
                .number(1)
                .number(900 << 3 | 1 | 4)
                .number(-1L)
                .bytes();
        assertThatThrownBy(() -> parse(many, Long.MAX_VALUE)).isInstanceOf(IniException.class);
    }

    @Property(tries = 2000)
    void anyOtherMapIsRefusedOrNamesBlocks(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] map = map();
        for (int i = random.nextInt(4); i >= 0; i--) {
            map[random.nextInt(map.length)] ^= (byte) (1 << random.nextInt(8));
        }
        try {
            BlockMap parsed = parse(map, 5 * 8192);
            for (int block = 0; block < parsed.size(); block++) {
                assertThat(parsed.superBlock(block).length()).isGreaterThan(parsed.numberIn(block) * 8192 - 1);
            }
        } catch (IniException e) {
            assertThat(e.getMessage()).startsWith("block map, byte ");
        }
    }

    /** Writes numbers as maps have them. */
    private static final class MapText {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        MapText number(long value) {
            long rest = value;
            while (rest >>> 7 != 0) {
                bytes.write((int) (rest | 0x80));
                rest >>>= 7;
            }
            bytes.write((int) rest);
            return this;
        }

        MapText sums(int... values) {
            for (int value : values) {
                bytes.writeBytes(HexFormat.of()
                        .parseHex(HexFormat.of().toHexDigits((byte) value).repeat(6)));
            }
            return this;
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}
