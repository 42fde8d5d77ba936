package org.pgrewind4j.wal.control;

import org.jspecify.annotations.Nullable;
import org.pgrewind4j.wal.WalLevel;

/**
 * The parameters of a running server that its control file records, because a standby depends on them.
 *
 * @param walLevel {@code wal_level}
 * @param walLogHints {@code wal_log_hints}
 * @param maxConnections {@code max_connections}
 * @param maxWorkerProcesses {@code max_worker_processes}
 * @param maxWalSenders {@code max_wal_senders}; null before 12
 * @param maxPreparedTransactions {@code max_prepared_transactions}
 * @param maxLocksPerTransaction {@code max_locks_per_transaction}
 * @param trackCommitTimestamp {@code track_commit_timestamp}
 */
public record ServerSettings(
        WalLevel walLevel,
        boolean walLogHints,
        int maxConnections,
        int maxWorkerProcesses,
        @Nullable Integer maxWalSenders,
        int maxPreparedTransactions,
        int maxLocksPerTransaction,
        boolean trackCommitTimestamp) {}
