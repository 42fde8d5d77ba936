package org.pgrewind4j.testserver;

/** The workload's databases, tablespaces and backups. */
final class DatabaseWork {

    private DatabaseWork() {}

    static void databases(WorkloadRound round) {
        String database = round.text("round @round");
        round.execute("CREATE DATABASE \"" + database + "\"");
        round.server()
                .executeIn(
                        database,
                        round.text("CREATE TABLE t AS SELECT g AS id, 'in its own database' AS text"
                                + " FROM generate_series(1, @rows) g"),
                        "CREATE INDEX ON t (id)");
        if (round.since(15)) {
            round.execute("CREATE DATABASE \"copied @round\" TEMPLATE \"" + database + "\" STRATEGY file_copy");
        } else {
            round.execute("CREATE DATABASE \"copied @round\" TEMPLATE \"" + database + "\"");
        }
        round.execute("CREATE DATABASE shortlived", "DROP DATABASE shortlived");
        round.executeForEarlier(
                "DROP DATABASE IF EXISTS \"round @earlier\"", "DROP DATABASE IF EXISTS \"copied @earlier\"");
    }

    static void backup(WorkloadRound round) {
        String start = "SELECT pg_start_backup('round @round', true, false)";
        String stop = "SELECT pg_stop_backup(false)";
        if (round.since(15)) {
            start = "SELECT pg_backup_start('round @round', true)";
            stop = "SELECT pg_backup_stop(false)";
        }
        round.execute(start, stop);
    }

    static void tablespaces(WorkloadRound round) {
        if (!round.since(10)) {
            return;
        }
        round.execute(
                "CREATE TABLESPACE \"space @round\" LOCATION ''",
                "CREATE TABLE \"elsewhere @round\" TABLESPACE \"space @round\""
                        + " AS SELECT g AS id FROM generate_series(1, @rows) g",
                "CREATE INDEX ON \"elsewhere @round\" (id)",
                "CREATE DATABASE moved TABLESPACE \"space @round\"",
                "ALTER DATABASE moved SET TABLESPACE pg_default",
                "DROP DATABASE moved",
                "CREATE TABLESPACE shortlived LOCATION ''",
                "ALTER TABLE \"elsewhere @round\" SET TABLESPACE shortlived",
                "ALTER TABLE \"elsewhere @round\" SET TABLESPACE \"space @round\"",
                "DROP TABLESPACE shortlived");
        round.executeForEarlier(
                "DROP TABLE IF EXISTS \"elsewhere @earlier\"", "DROP TABLESPACE IF EXISTS \"space @earlier\"");
    }
}
