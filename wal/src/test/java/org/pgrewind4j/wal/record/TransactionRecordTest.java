package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.record.TransactionRecord.Kind;

class TransactionRecordTest {

    private static final Lsn AT = Lsn.parse("0/3000028");
    private static final long TIME = 845_000_000_123_456L;
    private static final Instant INSTANT = Instant.parse("2026-10-11T02:13:20.123456Z");

    private static Optional<TransactionRecord> parse(ByteBuffer data, int info, PostgresVersion version) {
        return TransactionRecord.parse(data.duplicate().flip(), info, 4_294_967_294L, 7, AT, version);
    }

    private static ByteBuffer buffer() {
        return WalBuilder.littleEndian(new byte[512]);
    }

    /** A commit with every part that a release knows. */
    private static ByteBuffer everything(PostgresVersion version) {
        boolean hasName = version.isAtLeast(PostgresVersion.V11);
        boolean hasStatistics = version.isAtLeast(PostgresVersion.V15);
        ByteBuffer data = buffer().putLong(TIME)
                .putInt(0x3F | (hasName ? 0x80 : 0) | (hasStatistics ? 0x100 : 0))
                .putInt(5)
                .putInt(1663)
                .putInt(2)
                .putInt(800)
                .putInt(-1)
                .putInt(1)
                .putInt(1663)
                .putInt(5)
                .putInt(16384);
        if (hasStatistics) {
            data.putInt(2).put(new byte[2 * (version.isAtLeast(PostgresVersion.V18) ? 16 : 12)]);
        }
        data.putInt(3).put(new byte[48]).putInt(790);
        if (hasName) {
            data.put("näme\0".getBytes(StandardCharsets.UTF_8));
        }
        return data.putLong(0x1_0000_00FFL).putLong(-1);
    }

    @ParameterizedTest
    @EnumSource(PostgresVersion.class)
    void tellsAllPartsOfACommit(PostgresVersion version) {
        assertThat(parse(everything(version), 0xB0, version))
                .contains(new TransactionRecord(
                        Kind.COMMIT_PREPARED,
                        AT,
                        790,
                        INSTANT,
                        List.of(800L, 4_294_967_295L),
                        List.of(new RelFileLocator(1663, 5, 16384)),
                        List.of(),
                        OptionalLong.of(5),
                        version.isAtLeast(PostgresVersion.V11) ? Optional.of("näme") : Optional.empty(),
                        Optional.of(new TransactionRecord.Origin(
                                7, Lsn.parse("1/FF"), Instant.parse("1999-12-31T23:59:59.999999Z")))));
    }

    @ParameterizedTest
    @EnumSource(PostgresVersion.class)
    void refusesACommitThatIsCutAnywhere(PostgresVersion version) {
        ByteBuffer whole = everything(version);
        for (int length = 0; length < whole.position(); length++) {
            ByteBuffer cut = whole.duplicate().position(length);
            assertThatThrownBy(() -> parse(cut, 0xB0, version)).isInstanceOf(WalCorruptException.class);
        }
    }

    @Test
    void refusesWhatIsLeftOver() {
        ByteBuffer tooLong = buffer().putLong(TIME).put((byte) 1);

        assertThatThrownBy(() -> parse(tooLong, 0x20, PostgresVersion.V17))
                .isInstanceOf(WalCorruptException.class)
                .hasMessage("malformed WAL record at 0/3000028: 1 bytes are left over behind the parts of a"
                        + " transaction's rollback");
    }

    @Test
    void setsNothingAsideForANumberThatIsAnnounced() {
        ByteBuffer announced = buffer().putLong(TIME).putInt(0x02).putInt(-1);

        assertThatThrownBy(() -> parse(announced, 0x80, PostgresVersion.V17))
                .isInstanceOf(WalCorruptException.class)
                .hasMessage("malformed WAL record at 0/3000028: its main data ends within a part of a transaction's"
                        + " commit: expected 17179869180 more bytes, found 0");
    }

    @Test
    void refusesTheEndOfAPreparedTransactionThatNamesNone() {
        assertThatThrownBy(() -> parse(buffer().putLong(TIME), 0x40, PostgresVersion.V12))
                .hasMessage("malformed WAL record at 0/3000028: it finishes a prepared transaction and does not say"
                        + " which");
    }

    @Test
    void takesTheShortFormsTransactionFromTheRecord() {
        TransactionRecord commit =
                parse(buffer().putLong(TIME), 0x00, PostgresVersion.V10).orElseThrow();

        assertThat(commit.kind()).isEqualTo(Kind.COMMIT);
        assertThat(commit.xid()).isEqualTo(4_294_967_294L);
        assertThat(commit.time()).isEqualTo(INSTANT);
        assertThat(commit.origin()).isEmpty();
    }

    @Test
    void saysNothingOfAssignmentsAndInvalidations() {
        assertThat(parse(buffer(), 0x50, PostgresVersion.V17)).isEmpty();
        assertThat(parse(buffer(), 0x60, PostgresVersion.V17)).isEmpty();
    }
}
