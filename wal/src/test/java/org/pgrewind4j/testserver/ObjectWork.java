package org.pgrewind4j.testserver;

/** The workload's tables, sequences, views, and their maintenance. */
final class ObjectWork {

    private ObjectWork() {}

    static void prepare(WorkloadRound round) {
        round.execute(
                "CREATE SEQUENCE counter INCREMENT 5",
                "CREATE SEQUENCE cached CACHE 3",
                "CREATE TABLE emptied (id int PRIMARY KEY, body text)",
                "CREATE TABLE rewritten (id serial PRIMARY KEY, value int)",
                "CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY, value text)",
                "CREATE MATERIALIZED VIEW summary AS SELECT owner, sum(balance) AS sum FROM accounts GROUP BY owner",
                "CREATE UNIQUE INDEX ON summary (owner)");
    }

    static void sequences(WorkloadRound round) {
        round.execute(
                "SELECT nextval('counter') FROM generate_series(1, 50 + @round)",
                "SELECT nextval('cached') FROM generate_series(1, 10 + @round)",
                "SELECT setval('cached', 1000 * @round)",
                "SELECT nextval('cached')",
                "ALTER SEQUENCE counter RESTART 1@round00");
    }

    static void tables(WorkloadRound round) {
        round.execute(
                "INSERT INTO emptied SELECT -g, repeat('x', 3000) FROM generate_series(1, @rows) g",
                "TRUNCATE emptied",
                "INSERT INTO emptied SELECT g, 'round @round' FROM generate_series(1, @rows) g",
                "CREATE TABLE \"of round @round\" AS SELECT g AS id, repeat('y', g % 300) AS text"
                        + " FROM generate_series(1, @rows) g",
                "CREATE INDEX ON \"of round @round\" (id)",
                "CREATE TABLE shortlived AS SELECT * FROM accounts",
                "DROP TABLE shortlived",
                "INSERT INTO unlogged SELECT @round * 100000 + g, 'u' FROM generate_series(1, @rows) g",
                "CREATE UNLOGGED TABLE \"logged later @round\" AS SELECT generate_series(1, @rows) AS id",
                "ALTER TABLE \"logged later @round\" SET LOGGED",
                "INSERT INTO rewritten (value) SELECT g FROM generate_series(1, @rows) g",
                "ALTER TABLE rewritten ALTER value TYPE bigint",
                "ALTER TABLE rewritten ALTER value TYPE int",
                "REFRESH MATERIALIZED VIEW summary",
                "UPDATE accounts SET balance = balance + 1 WHERE owner = 3",
                "REFRESH MATERIALIZED VIEW CONCURRENTLY summary");
        round.executeForEarlier(
                "DROP TABLE IF EXISTS \"of round @earlier\"", "DROP TABLE IF EXISTS \"logged later @earlier\"");
    }

    static void maintenance(WorkloadRound round) {
        round.execute(
                "VACUUM ANALYZE accounts",
                // Leaves an empty end, which the vacuum cuts off.
                "DELETE FROM copied WHERE ctid >= (SELECT max(ctid) FROM copied WHERE id < @rows / 2)",
                "VACUUM copied",
                "VACUUM (FREEZE) documents",
                "VACUUM FULL accounts",
                // Mapped relations: the file that says where they lie is logged in a record of its own.
                "VACUUM FULL pg_class",
                "CLUSTER accounts USING accounts_pkey",
                "REINDEX TABLE indexed",
                "CREATE INDEX CONCURRENTLY later ON accounts (balance)",
                "DROP INDEX later",
                "ANALYZE");
        if (round.since(12)) {
            round.execute("REINDEX INDEX CONCURRENTLY indexed_btree");
        }
    }
}
