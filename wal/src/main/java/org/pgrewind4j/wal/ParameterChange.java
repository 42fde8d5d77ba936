package org.pgrewind4j.wal;

import java.util.List;
import org.pgrewind4j.timeline.Lsn;

/**
 * A server was started with other parameters than before (PostgreSQL: {@code src/include/access/xlog_internal.h},
 * {@code xl_parameter_change}; {@code src/backend/access/transam/xlog.c}, {@code XLogReportParameters}). Between two of
 * these records the parameters are the same, for they only change with a start.
 *
 * @param lsn where the record begins
 * @param walLevel {@code wal_level} from then on
 * @param walLogHints {@code wal_log_hints} from then on
 */
public record ParameterChange(Lsn lsn, WalLevel walLevel, boolean walLogHints) {

    /** Where {@code wal_level} is; a number was put before it in 12. {@code wal_log_hints} is the byte behind it. */
    private static int walLevelOffset(PostgresVersion version) {
        return version.isAtLeast(PostgresVersion.V12) ? 20 : 16;
    }

    /** How many bytes are read of the record. */
    static int size(PostgresVersion version) {
        return walLevelOffset(version) + Integer.BYTES + 1;
    }

    static ParameterChange parse(byte[] bytes, int at, Lsn begin, PostgresVersion version) {
        int walLevel = at + walLevelOffset(version);
        int number = LittleEndian.int32(bytes, walLevel);
        return new ParameterChange(
                begin,
                WalLevel.ofNumber(number)
                        .orElseThrow(() -> new WalCorruptException(
                                begin, "wal_level " + number + ", expected one of " + List.of(WalLevel.values()))),
                bytes[walLevel + Integer.BYTES] != 0);
    }
}
