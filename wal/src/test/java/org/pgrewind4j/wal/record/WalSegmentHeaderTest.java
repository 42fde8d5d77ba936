package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.UnsupportedVersionException;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;

class WalSegmentHeaderTest {

    private static final Lsn START = Lsn.parse("1/200000");
    private static final WalSegmentName NAME = WalSegmentName.containing(new TimelineId(3), START, 1 << 20);

    private static MemoryWal wal(PostgresVersion version) {
        return new WalBuilder(version, new TimelineId(3), 1 << 20, START)
                .add(0x20, WalBuilder.mainData(8))
                .build();
    }

    private static Optional<WalSegmentHeader> read(MemoryWal wal) throws IOException {
        try (WalSegment segment = wal.open(NAME).orElseThrow()) {
            return WalSegmentHeader.read(segment);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsWhatTheSegmentIs(PostgresVersion version) throws IOException {
        assertThat(read(wal(version)))
                .contains(new WalSegmentHeader(version, new TimelineId(3), START, 0x5EED, 1 << 20));
    }

    @ParameterizedTest
    @CsvSource({"2, 0", "4, 0", "8, 1", "32, 5", "36, 4096"})
    void isEmptyIfItContradictsItself(int offset, int value) throws IOException {
        MemoryWal wal = wal(PostgresVersion.V17);
        if (offset == 2) {
            WalBuilder.littleEndian(wal.content(NAME)).putShort(offset, (short) value);
        } else {
            WalBuilder.littleEndian(wal.content(NAME)).putInt(offset, value);
        }
        assertThat(read(wal)).isEmpty();
    }

    @Test
    void isEmptyIfNothingWasWritten() throws IOException {
        assertThat(read(new MemoryWal().put(NAME, new byte[1 << 20]))).isEmpty();
        assertThat(read(new MemoryWal().put(NAME, new byte[39]))).isEmpty();
    }

    @Test
    void refusesAnotherByteOrder() {
        MemoryWal wal = wal(PostgresVersion.V17);
        WalBuilder.littleEndian(wal.content(NAME)).putShort(0, (short) 0x16D1);
        assertThatThrownBy(() -> read(wal))
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessageContaining("the bytes are in the reverse order");
    }
}
