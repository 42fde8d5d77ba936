package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.util.Locale;

/**
 * What a connection finds when it is made: which server answers, and in which state. Two connections with the same start
 * time reach the same server, between two of its starts.
 *
 * @param version {@code server_version_num}, such as 170011
 * @param startTime when the server started
 * @param inRecovery whether it is a standby
 */
record ServerIdentity(int version, String startTime, boolean inRecovery) {

    static final int FIELDS = 5;

    /**
     * Asks for the facts and pins the session's settings, in one round trip. The settings are touched only if the process
     * that answers is the one that was connected to: behind a pooler they would reach others' sessions.
     */
    static String query(int processId, LiveTimeouts timeouts) {
        return String.format(Locale.ROOT, """
                SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4,
                       pg_catalog.pg_postmaster_start_time()::pg_catalog.text,
                       pg_catalog.pg_is_in_recovery(),
                       pg_catalog.pg_backend_pid() = %d,
                       CASE WHEN pg_catalog.pg_backend_pid() = %d THEN
                         (SELECT pg_catalog.count(pg_catalog.set_config(s.name, v.setting, false))
                            FROM (VALUES %s) AS v (name, setting)
                            JOIN pg_catalog.pg_settings AS s ON s.name = v.name) END""", processId, processId, settings(timeouts));
    }

    /** Settings that a role, a database or a server may have set otherwise. Those that a release does not know are left out. */
    private static String settings(LiveTimeouts timeouts) {
        return String.format(
                Locale.ROOT,
                """
            ('search_path', 'pg_catalog'), ('default_transaction_read_only', 'on'),
            ('default_transaction_isolation', 'read committed'), ('default_transaction_deferrable', 'off'),
            ('idle_in_transaction_session_timeout', '0'), ('idle_session_timeout', '0'), ('transaction_timeout', '0'),
            ('client_min_messages', 'warning'), ('work_mem', '64MB'), ('jit', 'off'),
            ('max_parallel_workers_per_gather', '0'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'),
            ('statement_timeout', '%d'), ('lock_timeout', '%d')""",
                timeouts.statement().toMillis(),
                timeouts.lock().toMillis());
    }

    static ServerIdentity of(CopyOutReader row, String description) throws IOException {
        if (!row.bool(3)) {
            throw LiveServerException.of("connected to " + description + " through a pooler, which mixes sessions\n"
                    + "HINT: connect to the server itself.");
        }
        return new ServerIdentity(row.int32(0), row.text(1), row.bool(2));
    }

    /** The release: 17 for 17.11, 9 for 9.6. */
    int major() {
        return version / 10_000;
    }
}
