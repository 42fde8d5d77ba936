package org.pgrewind4j.wal.record;

import java.util.List;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.WalLevel;
import org.pgrewind4j.wal.control.ServerSettings;
import org.pgrewind4j.wal.framing.LittleEndian;

/**
 * A server was started with other parameters than before (PostgreSQL: {@code src/include/access/xlog_internal.h},
 * {@code xl_parameter_change}; {@code src/backend/access/transam/xlog.c}, {@code XLogReportParameters}). Between two of
 * these records the parameters are the same, for they only change with a start.
 *
 * <p>Numbers of four bytes, in this order: {@code max_connections}, {@code max_worker_processes}, from 12 on
 * {@code max_wal_senders}, {@code max_prepared_transactions}, {@code max_locks_per_transaction}, {@code wal_level}; then a
 * byte each for {@code wal_log_hints} and {@code track_commit_timestamp}.
 *
 * @param lsn where the record begins
 * @param settings the parameters from then on
 */
public record ParameterChange(Lsn lsn, ServerSettings settings) {

    /**
     * {@code wal_level} from then on.
     *
     * @return the level
     */
    public WalLevel walLevel() {
        return settings.walLevel();
    }

    /**
     * {@code wal_log_hints} from then on.
     *
     * @return whether it is on
     */
    public boolean walLogHints() {
        return settings.walLogHints();
    }

    private static int numbers(PostgresVersion version) {
        return version.isAtLeast(PostgresVersion.V12) ? 6 : 5;
    }

    /**
     * How many bytes are read of the record.
     *
     * @param version the release that wrote it
     * @return the least length of its main data
     */
    public static int size(PostgresVersion version) {
        return numbers(version) * Integer.BYTES + 2;
    }

    /**
     * Reads a record of this kind.
     *
     * @param bytes hold its main data
     * @param at where in them it begins
     * @param begin where the record begins
     * @param version the release that wrote it
     * @return the change
     * @throws WalCorruptException if it names a {@code wal_level} that does not exist
     */
    public static ParameterChange parse(byte[] bytes, int at, Lsn begin, PostgresVersion version) {
        int numbers = numbers(version);
        int level = LittleEndian.int32(bytes, number(at, numbers - 1));
        int flags = number(at, numbers);
        return new ParameterChange(
                begin,
                new ServerSettings(
                        WalLevel.ofNumber(level)
                                .orElseThrow(() -> new WalCorruptException(
                                        begin,
                                        "wal_level " + level + ", expected one of " + List.of(WalLevel.values()))),
                        bytes[flags] != 0,
                        LittleEndian.int32(bytes, at),
                        LittleEndian.int32(bytes, number(at, 1)),
                        numbers == 6 ? LittleEndian.int32(bytes, number(at, 2)) : null,
                        LittleEndian.int32(bytes, number(at, numbers - 3)),
                        LittleEndian.int32(bytes, number(at, numbers - 2)),
                        bytes[flags + 1] != 0));
    }

    private static int number(int at, int index) {
        return at + index * Integer.BYTES;
    }
}
