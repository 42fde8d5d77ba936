package org.pgrewind4j.wal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pgrewind4j.wal.control.ControlFileException.Reason.IMPOSSIBLE_VALUE;
import static org.pgrewind4j.wal.control.ControlFileException.Reason.WRONG_CRC;
import static org.pgrewind4j.wal.control.ControlFileException.Reason.WRONG_SIZE;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.UnsupportedVersionException;
import org.pgrewind4j.wal.WalLevel;

class ControlFileTest {

    @ParameterizedTest
    @EnumSource
    void readsWhatEachReleaseWrote(PostgresVersion version) {
        ControlFile file = ControlFileFixture.of(version);

        assertThat(file.version()).isSameAs(version);
        assertThat(file.state()).isSameAs(ClusterState.SHUT_DOWN);
        assertThat(file.settings())
                .isEqualTo(new ServerSettings(
                        WalLevel.LOGICAL,
                        true,
                        37,
                        11,
                        version.isAtLeast(PostgresVersion.V12) ? 6 : null,
                        5,
                        77,
                        true));
        assertThat(file.format())
                .isEqualTo(new ClusterFormat(
                        8,
                        8192,
                        131072,
                        8192,
                        16 * 1024 * 1024,
                        64,
                        32,
                        1996,
                        2048,
                        true,
                        version.isAtLeast(PostgresVersion.V13) ? null : true,
                        true,
                        1,
                        version.isAtLeast(PostgresVersion.V18) ? true : null));
        assertThat(file.checkPointCopy().redo()).isEqualTo(file.checkPoint());
        assertThat(file.checkPointCopy().time())
                .isBetween(file.time().minusSeconds(10), file.time().plusSeconds(10));
        assertThat(file.checkPointCopy().walLevel())
                .isSameAs(version.isAtLeast(PostgresVersion.V17) ? WalLevel.LOGICAL : null);
        assertThat(file.previousCheckPoint().isPresent()).isNotEqualTo(version.isAtLeast(PostgresVersion.V11));
        assertThat(file.mockAuthenticationNonce().isPresent()).isEqualTo(version.isAtLeast(PostgresVersion.V10));
    }

    @Test
    void readsEveryFieldOfOneFile() {
        ControlFile file = ControlFileFixture.of(PostgresVersion.V15);

        assertThat(Long.toUnsignedString(file.systemIdentifier())).isEqualTo("7710865685088306591");
        assertThat(file.time()).isEqualTo("2026-11-22T05:37:01Z");
        assertThat(file.checkPoint()).isEqualTo(Lsn.parse("0/1735918"));
        assertThat(file.checkPointCopy())
                .isEqualTo(new CheckPoint(
                        Lsn.parse("0/1735918"),
                        new TimelineId(1),
                        new TimelineId(1),
                        true,
                        null,
                        724,
                        13489,
                        1,
                        0,
                        716,
                        1,
                        1,
                        1,
                        file.time(),
                        724,
                        724,
                        0));
        assertThat(file.unloggedLsn()).isEqualTo(Lsn.parse("0/3E8"));
        assertThat(file.minRecoveryPoint()).isEqualTo(Lsn.INVALID);
        assertThat(file.minRecoveryPointTimeline()).isEmpty();
        assertThat(file.backupStartPoint()).isEqualTo(Lsn.INVALID);
        assertThat(file.backupEndPoint()).isEqualTo(Lsn.INVALID);
        assertThat(file.backupEndRequired()).isFalse();
        assertThat(file.walLogHints()).isTrue();
        assertThat(file.hasDataChecksums()).isTrue();
        assertThat(file.mockAuthenticationNonce())
                .contains("11ea96aafe47ebfa1bf0873e62eb8f46b677546259345268489a44f35bb9e929");
    }

    @Test
    void keepsAndGivesItsBytes() {
        byte[] bytes = ControlFileFixture.bytes(PostgresVersion.V18);
        ControlFile file = ControlFile.parse(bytes);
        byte[] expected = bytes.clone();
        bytes[16] = 0;
        Arrays.fill(file.toBytes(), (byte) 1);

        assertThat(file.state()).isSameAs(ClusterState.SHUT_DOWN);
        assertThat(file.toBytes()).isEqualTo(expected);
    }

    @Test
    void refusesAnotherSize() {
        byte[] bytes = ControlFileFixture.bytes(PostgresVersion.V17);

        assertRefused(
                Arrays.copyOf(bytes, 8191), WRONG_SIZE, "malformed control file: expected 8192 bytes, found 8191");
        assertRefused(
                Arrays.copyOf(bytes, 8193), WRONG_SIZE, "malformed control file: expected 8192 bytes, found 8193");
        assertRefused(new byte[0], WRONG_SIZE, "malformed control file: expected 8192 bytes, found 0");
    }

    @ParameterizedTest
    @EnumSource
    void refusesAWrongCrc(PostgresVersion version) {
        byte[] bytes = ControlFileFixture.bytes(version);
        int stored = ControlFile.littleEndian(bytes).getInt(ControlFile.crcOffset(version));
        bytes[16] ^= 1;
        String computed = String.format(Locale.ROOT, "%08X", ControlFile.crc(bytes, version));

        assertRefused(
                bytes,
                WRONG_CRC,
                "malformed control file: expected CRC " + computed + ", found "
                        + String.format(Locale.ROOT, "%08X", stored)
                        + "\nHINT: the file is damaged, or was read while a server wrote it, or belongs to a 32-bit"
                        + " server");
    }

    @Test
    void refusesAFileOfABigEndianMachine() {
        byte[] bytes = ControlFileFixture.bytes(PostgresVersion.V14);
        ByteBuffer buffer = ControlFile.littleEndian(bytes);
        buffer.putInt(8, Integer.reverseBytes(buffer.getInt(8)));
        buffer.putInt(12, Integer.reverseBytes(buffer.getInt(12)));

        assertThatThrownBy(() -> ControlFile.parse(bytes))
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessageContaining("HINT: the bytes are in the reverse order");
    }

    @Test
    void refusesImpossibleValues() {
        assertImpossible(file -> file.putInt(16, 7), "state 0 to 6, found 7");
        assertImpossible(file -> file.putInt(16, -1), "state 0 to 6, found -1");
        assertImpossible(
                file -> file.putLong(24, Long.MAX_VALUE), "time in seconds since 1970, found 9223372036854775807");
        assertImpossible(file -> file.putInt(172, 3), "wal level 0 to 2, found 3");
        assertImpossible(file -> file.putDouble(208, 1.5), "float format 1234567.0, found 1.5");
        assertImpossible(file -> file.putInt(216, 0), "block size a power of two from 1024 to 32768, found 0");
        assertImpossible(
                file -> file.putInt(216, Integer.MIN_VALUE),
                "block size a power of two from 1024 to 32768, found -2147483648");
        assertImpossible(file -> file.putInt(220, 0), "relation segment blocks greater than 0, found 0");
        assertImpossible(file -> file.putInt(224, 100), "wal block size a power of two from 1024 to 65536, found 100");
        assertImpossible(
                file -> file.putInt(228, 3 << 20),
                "wal segment size a power of two from 1048576 to 1073741824, found 3145728");
    }

    @Test
    void refusesImpossibleCheckpoints() {
        assertMalformedCheckPoint(file -> file.putInt(48, 0), "timeline 1 to 4294967295, found 0");
        assertMalformedCheckPoint(file -> file.putInt(52, 0), "timeline 1 to 4294967295, found 0");
        assertMalformedCheckPoint(file -> file.putInt(60, 3), "wal_level 0 to 2, found 3");
        assertMalformedCheckPoint(
                file -> file.putLong(104, Long.MIN_VALUE), "time in seconds since 1970, found -9223372036854775808");
    }

    private static void assertImpossible(Consumer<ByteBuffer> change, String message) {
        assertRefused(
                changed(PostgresVersion.V17, change), IMPOSSIBLE_VALUE, "malformed control file: expected " + message);
    }

    private static void assertMalformedCheckPoint(Consumer<ByteBuffer> change, String message) {
        assertThatThrownBy(() -> ControlFile.parse(changed(PostgresVersion.V17, change)))
                .isInstanceOf(MalformedCheckPointException.class)
                .hasMessage("malformed checkpoint: expected " + message);
    }

    private static byte[] changed(PostgresVersion version, Consumer<ByteBuffer> change) {
        byte[] bytes = ControlFileFixture.bytes(version);
        change.accept(ControlFile.littleEndian(bytes));
        return ControlFileFixture.withCrc(bytes, version);
    }

    private static void assertRefused(byte[] bytes, ControlFileException.Reason reason, String message) {
        assertThatThrownBy(() -> ControlFile.parse(bytes))
                .isInstanceOfSatisfying(
                        ControlFileException.class, e -> assertThat(e.reason()).isSameAs(reason))
                .hasMessage(message);
    }
}
