package org.pgrewind4j.wal.control;

import static org.pgrewind4j.wal.PostgresVersion.V10;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.WalSegmentName;

/** Prints a control file as the rows that the SQL functions {@code pg_control_*} of its release give as JSON. */
public final class ControlFileSql {
    private ControlFileSql() {}

    public static Map<String, String> system(ControlFile file) {
        Map<String, String> row = new TreeMap<>();
        put(row, "pg_control_version", file.version().controlVersion());
        put(row, "catalog_version_no", file.version().catalogVersion());
        put(row, "system_identifier", file.systemIdentifier());
        put(row, "pg_control_last_modified", time(file.time()));
        return row;
    }

    public static Map<String, String> checkPoint(ControlFile file) {
        CheckPoint copy = file.checkPointCopy();
        Map<String, String> row = new TreeMap<>();
        put(row, "checkpoint_lsn", file.checkPoint());
        file.previousCheckPoint().ifPresent(prior -> put(row, "prior_lsn", prior));
        put(row, "redo_lsn", copy.redo());
        put(
                row,
                "redo_wal_file",
                WalSegmentName.containing(copy.timeline(), copy.redo(), file.walSegmentSize())
                        .fileName());
        put(row, "timeline_id", copy.timeline());
        put(row, "prev_timeline_id", copy.previousTimeline());
        put(row, "full_page_writes", copy.fullPageWrites());
        put(row, "next_xid", (copy.nextXid() >>> 32) + ":" + Integer.toUnsignedString((int) copy.nextXid()));
        putUnsigned(row, "next_oid", copy.nextOid());
        putUnsigned(row, "next_multixact_id", copy.nextMulti());
        putUnsigned(row, "next_multi_offset", copy.nextMultiOffset());
        putUnsigned(row, "oldest_xid", copy.oldestXid());
        putUnsigned(row, "oldest_xid_dbid", copy.oldestXidDatabase());
        putUnsigned(row, "oldest_active_xid", copy.oldestActiveXid());
        putUnsigned(row, "oldest_multi_xid", copy.oldestMulti());
        putUnsigned(row, "oldest_multi_dbid", copy.oldestMultiDatabase());
        putUnsigned(row, "oldest_commit_ts_xid", copy.oldestCommitTimestampXid());
        putUnsigned(row, "newest_commit_ts_xid", copy.newestCommitTimestampXid());
        put(row, "checkpoint_time", time(copy.time()));
        return row;
    }

    public static Map<String, String> recovery(ControlFile file) {
        Map<String, String> row = new TreeMap<>();
        put(row, "min_recovery_end_lsn", file.minRecoveryPoint());
        put(
                row,
                "min_recovery_end_timeline",
                file.minRecoveryPointTimeline().map(TimelineId::value).orElse(0L));
        put(row, "backup_start_lsn", file.backupStartPoint());
        put(row, "backup_end_lsn", file.backupEndPoint());
        put(row, "end_of_backup_record_required", file.backupEndRequired());
        return row;
    }

    public static Map<String, String> init(ControlFile file) {
        ClusterFormat format = file.format();
        Map<String, String> row = new TreeMap<>();
        put(row, "max_data_alignment", format.maxAlignment());
        put(row, "database_block_size", format.blockSize());
        put(row, "blocks_per_segment", format.relationSegmentBlocks());
        put(row, "wal_block_size", format.walBlockSize());
        put(row, "bytes_per_wal_segment", format.walSegmentSize());
        put(row, "max_identifier_length", format.identifierLength());
        put(row, "max_index_columns", format.indexColumns());
        put(row, "max_toast_chunk_size", format.toastChunkSize());
        put(row, "large_object_chunk_size", format.largeObjectChunkSize());
        if (!file.version().isAtLeast(V10)) {
            put(row, "bigint_timestamps", format.integerDatetimes());
        }
        if (format.float4ByValue() != null) {
            put(row, "float4_pass_by_value", format.float4ByValue());
        }
        put(row, "float8_pass_by_value", format.float8ByValue());
        put(row, "data_page_checksum_version", format.dataChecksumVersion());
        if (format.charSigned() != null) {
            put(row, "default_char_signedness", format.charSigned());
        }
        return row;
    }

    public static Map<String, String> settings(ControlFile file) {
        ServerSettings settings = file.settings();
        Map<String, String> row = new TreeMap<>();
        put(row, "wal_level", settings.walLevel());
        put(row, "wal_log_hints", settings.walLogHints() ? "on" : "off");
        put(row, "max_connections", settings.maxConnections());
        put(row, "max_worker_processes", settings.maxWorkerProcesses());
        if (settings.maxWalSenders() != null) {
            put(row, "max_wal_senders", settings.maxWalSenders());
        }
        put(row, "max_prepared_transactions", settings.maxPreparedTransactions());
        put(row, "max_locks_per_transaction", settings.maxLocksPerTransaction());
        put(row, "track_commit_timestamp", settings.trackCommitTimestamp() ? "on" : "off");
        return row;
    }

    private static void put(Map<String, String> row, String column, Object value) {
        row.put(column, value.toString());
    }

    private static void putUnsigned(Map<String, String> row, String column, int value) {
        row.put(column, Integer.toUnsignedString(value));
    }

    /** The server takes the time zone of the client. */
    private static String time(Instant time) {
        return DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT)
                .format(time.atZone(ZoneId.systemDefault()));
    }
}
