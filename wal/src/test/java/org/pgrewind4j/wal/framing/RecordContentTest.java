package org.pgrewind4j.wal.framing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.record.BlockImage;
import org.pgrewind4j.wal.record.BlockReference;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

class RecordContentTest {

    private static final Lsn START = Lsn.parse("0/100000");
    private static final TimelineId TIMELINE = new TimelineId(1);

    private static WalRecord decode(PostgresVersion version, ByteBuffer fields) throws IOException {
        byte[] body = new byte[fields.capacity()];
        fields.get(0, body);
        MemoryWal wal = new WalBuilder(version, TIMELINE, 1 << 20, START)
                .add(10, 0, body)
                .build();
        try (WalReader reader = WalReader.open(wal, version, 1 << 20, TimelineHistory.ofSingle(TIMELINE), START)) {
            return reader.next().orElseThrow();
        }
    }

    /** Bytes that look like headers more often than chance would have it. */
    @Provide
    Arbitrary<byte[]> bodies() {
        return Arbitraries.frequencyOf(
                        Tuple.of(4, Arbitraries.of(0, 1, 2, 3, 32, 33, 252, 253, 254, 255)),
                        Tuple.of(3, Arbitraries.of(0x00, 0x10, 0x20, 0x40, 0x80, 0xF0)),
                        Tuple.of(3, Arbitraries.of(0)),
                        Tuple.of(1, Arbitraries.integers().between(0, 255)))
                .list()
                .ofMaxSize(120)
                .map(numbers -> {
                    byte[] body = new byte[numbers.size()];
                    for (int i = 0; i < body.length; i++) {
                        body[i] = numbers.get(i).byteValue();
                    }
                    return body;
                });
    }

    @Property(tries = 5000)
    void isDecodedOrRefusedWhateverItIs(@ForAll("bodies") byte[] body, @ForAll PostgresVersion version)
            throws IOException {
        try {
            WalRecord record = decode(version, ByteBuffer.wrap(body));
            int parts = record.mainData().remaining() + record.imageLength();
            for (BlockReference block : record.blocks()) {
                parts += block.data().remaining();
                assertThat(block.toString()).isNotEmpty();
            }
            assertThat(parts).isLessThanOrEqualTo(body.length);
        } catch (WalCorruptException e) {
            assertThat(e).hasMessageStartingWith("malformed WAL record at 0/100028: ");
            assertThat(e.position()).isEqualTo(START.plus(40));
        }
    }

    private static ByteBuffer body(int size) {
        return WalBuilder.littleEndian(new byte[size]);
    }

    private static ByteBuffer putRelation(ByteBuffer body, int relation, int block) {
        return body.putInt(1663).putInt(5).putInt(relation).putInt(block);
    }

    @Test
    void findsEachPartAtItsPlace() throws IOException {
        ByteBuffer body = body(4 + 16 + 4 + 4 + 3 + 5 + 2 + 2 + 3 + 4);
        body.put((byte) 0).put((byte) 0x22).putShort((short) 2);
        putRelation(body, -1, -2);
        body.put((byte) 32).put((byte) 0xE0).putShort((short) 3).putInt(7);
        body.put((byte) 253).putShort((short) 9);
        body.put((byte) 252).putInt(-3);
        body.put((byte) 255).put((byte) 4);
        body.put(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
        WalRecord record = decode(PostgresVersion.V14, body);

        BlockReference first = record.blocks().get(0);
        assertThat(first).hasToString("blkref #0: rel 1663/5/4294967295 fork vm blk 4294967294");
        assertThat(first.data()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
        assertThat(first.willInit()).isFalse();
        BlockReference second = record.blocks().get(1);
        assertThat(second).hasToString("blkref #32: rel 1663/5/4294967295 fork main blk 7");
        assertThat(second.data()).isEqualTo(ByteBuffer.wrap(new byte[] {3, 4, 5}));
        assertThat(second.willInit()).isTrue();
        assertThat(record.mainData()).isEqualTo(ByteBuffer.wrap(new byte[] {6, 7, 8, 9}));
        assertThat(record.origin()).hasValue(9);
        assertThat(record.topLevelXid()).hasValue(4294967293L);
        assertThat(record)
                .hasToString("rmgr: Heap        len (rec/tot):     71/    71, tx:          7, lsn: 0/00100028,"
                        + " prev 0/00000001, desc: INSERT");
    }

    @ParameterizedTest
    @CsvSource({
        "V9_6, 0x00, NONE, true",
        "V9_6, 0x02, PGLZ, true",
        "V10, 0x00, NONE, false",
        "V10, 0x04, NONE, true",
        "V14, 0x06, PGLZ, true",
        "V14, 0x02, PGLZ, false",
        "V15, 0x02, NONE, true",
        "V15, 0x04, PGLZ, false",
        "V15, 0x0A, LZ4, true",
        "V18, 0x12, ZSTD, true"
    })
    void readsTheFlagsOfAnImageAsTheReleaseDoes(
            PostgresVersion version, String info, BlockImage.Compression compression, boolean applied)
            throws IOException {
        int length = compression == BlockImage.Compression.NONE ? 8192 - 64 : 100;
        int holeField = compression == BlockImage.Compression.NONE ? 0 : 2;
        ByteBuffer body = body(4 + 5 + holeField + 16 + length);
        body.put((byte) 0).put((byte) 0x10).putShort((short) 0);
        body.putShort((short) length).putShort((short) 96).put((byte) (Integer.decode(info) | 1));
        if (holeField > 0) {
            body.putShort((short) 64);
        }
        putRelation(body, 1259, 7);
        BlockImage image = decode(version, body).blocks().get(0).image().orElseThrow();

        assertThat(image.compression()).isEqualTo(compression);
        assertThat(image.isApplied()).isEqualTo(applied);
        assertThat(image.length()).isEqualTo(length);
        assertThat(image)
                .hasToString("(FPW" + (applied ? "" : " for WAL verification") + "); hole: offset: 96, length: 64"
                        + (holeField == 0
                                ? ""
                                : ", compression saved: 8028, method: "
                                        + compression.name().toLowerCase(java.util.Locale.ROOT)));
    }

    @Test
    void refusesWhatContradictsItself() {
        assertRefused(bytes(33), "invalid block_id 33");
        assertRefused(bytes(251), "invalid block_id 251");
        assertRefused(bytes(255), "record with invalid length");
        assertRefused(bytes(255, 1), "record with invalid length");
        assertRefused(bytes(255, 0, 0), "record with invalid length");
        assertRefused(bytes(254, -1, -1, -1, -1), "record with invalid length");
        assertRefused(bytes(0, 0x04, 0, 0), "invalid fork number 4");
        assertRefused(bytes(0, 0x20, 0, 0), "BKPBLOCK_HAS_DATA set, but no data included");
        assertRefused(bytes(0, 0, 1, 0, 0), "BKPBLOCK_HAS_DATA not set, but data length is 1");
        assertRefused(bytes(0, 0x80, 0, 0, 0, 0, 0, 0), "BKPBLOCK_SAME_REL set but no previous rel");
        assertRefused(putRelation(body(40).put(new byte[4]), 1, 1).put(new byte[20]), "out-of-order block_id 0");
        assertRefused(image(0, 0, 1), "BKPIMAGE_HAS_HOLE set, but hole offset 0 length 8192 block image length 0");
        assertRefused(image(0, 5, 0), "BKPIMAGE_HAS_HOLE not set, but hole offset 5 length 8192 block image length 0");
        assertRefused(image(8192, 0, 4), "BKPIMAGE_COMPRESSED set, but block image length 8192");
    }

    private static ByteBuffer bytes(int... numbers) {
        ByteBuffer body = body(numbers.length);
        for (int number : numbers) {
            body.put((byte) number);
        }
        return body;
    }

    private static ByteBuffer image(int length, int holeOffset, int info) {
        ByteBuffer body = body(9 + 16 + length);
        body.put((byte) 0).put((byte) 0x10).putShort((short) 0);
        body.putShort((short) length).putShort((short) holeOffset).put((byte) info);
        return body;
    }

    private static void assertRefused(ByteBuffer body, String detail) {
        assertThatThrownBy(() -> decode(PostgresVersion.V15, body))
                .isInstanceOf(WalCorruptException.class)
                .hasMessage("malformed WAL record at 0/100028: " + detail);
    }
}
