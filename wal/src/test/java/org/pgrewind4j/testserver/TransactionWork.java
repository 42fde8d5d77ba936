package org.pgrewind4j.testserver;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The workload's transactions: prepared ones, subtransactions, shared row locks, messages. */
final class TransactionWork {

    /** More subtransactions than fit into shared memory's cache, and than a record of assignments. */
    private static final int SUBTRANSACTIONS = 70;

    private TransactionWork() {}

    static void prepare(WorkloadRound round) {
        round.execute(
                "CREATE TABLE ledger (id serial PRIMARY KEY, text text)",
                "CREATE TABLE locked (id int PRIMARY KEY, value int)",
                "CREATE TABLE locking (id int PRIMARY KEY, locked int REFERENCES locked)",
                "INSERT INTO locked SELECT g, g FROM generate_series(1, 20) g");
    }

    static void run(WorkloadRound round) {
        prepareTransaction(round, "committed");
        prepareTransaction(round, "rolled back");
        round.execute("COMMIT PREPARED 'committed @round'", "ROLLBACK PREPARED 'rolled back @round'");
        subtransactions(round);
        shareLocks(round);
        round.execute(
                "SELECT pg_logical_emit_message(false, 'workload', 'not transactional, round @round')",
                "SELECT pg_logical_emit_message(true, 'workload', repeat('transactional ', 100))",
                "SELECT pg_create_restore_point('round @round')",
                "SELECT pg_replication_origin_create('origin @round')",
                "SELECT pg_replication_origin_advance('origin @round', '0/1000')",
                "SELECT pg_replication_origin_drop('origin @round')");
        round.server().switchWal();
        abort(round);
    }

    /** Ends what the round before has left, on whatever copy of the server that was. */
    static void finishPrepared(WorkloadRound round) {
        for (List<String> row : round.server().query("SELECT gid FROM pg_prepared_xacts ORDER BY gid")) {
            round.execute("COMMIT PREPARED '" + row.get(0) + "'");
        }
    }

    static void leavePrepared(WorkloadRound round) {
        prepareTransaction(round, "left");
    }

    private static void prepareTransaction(WorkloadRound round, String name) {
        round.execute(
                "BEGIN",
                "INSERT INTO ledger (text) VALUES ('" + name + " in round @round')",
                "SAVEPOINT s",
                "INSERT INTO ledger (text) VALUES ('" + name + " in a subtransaction')",
                "CREATE TABLE \"" + name + " table @round\" (id int)",
                "PREPARE TRANSACTION '" + name + " @round'");
    }

    private static void subtransactions(WorkloadRound round) {
        List<String> statements = new ArrayList<>();
        for (int i = 0; i < SUBTRANSACTIONS; i++) {
            statements.add("SAVEPOINT s" + i);
            statements.add("INSERT INTO ledger (text) VALUES ('subtransaction " + i + " of round @round')");
            if (i % 10 == 9) {
                statements.add("ROLLBACK TO SAVEPOINT s" + (i - 1));
            }
        }
        round.executeTogether(statements.toArray(String[]::new));
    }

    /** Two transactions that hold one row make a multixact; an update by one of them makes a larger one. */
    private static void shareLocks(WorkloadRound round) {
        try (Connection one = round.server().connection(WorkloadRound.DATABASE);
                Connection other = round.server().connection(WorkloadRound.DATABASE);
                Statement first = one.createStatement();
                Statement second = other.createStatement()) {
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            first.execute("SELECT * FROM locked FOR SHARE");
            second.execute("SELECT * FROM locked WHERE id % 2 = 0 FOR SHARE");
            other.commit();
            one.commit();
            first.execute(round.text("INSERT INTO locking SELECT @round * 100 + g, g FROM generate_series(1, 20) g"));
            second.execute(round.text("UPDATE locked SET value = value + @round WHERE id < 10"));
            // Not in each other's way: the second locks the row's newer version too, which the first has not committed.
            first.execute("SAVEPOINT s");
            first.execute("UPDATE locked SET value = -value WHERE id = 12");
            second.execute("SELECT * FROM locked WHERE id = 12 FOR KEY SHARE");
            first.execute("SELECT * FROM locked WHERE id > 15 FOR UPDATE");
            other.commit();
            one.commit();
        } catch (SQLException e) {
            throw new TestServerException("could not lock rows in two transactions", e);
        }
    }

    private static void abort(WorkloadRound round) {
        round.execute(
                "BEGIN",
                "INSERT INTO ledger (text) SELECT 'aborted' FROM generate_series(1, @rows)",
                "CREATE TABLE aborted AS SELECT generate_series(1, @rows)",
                "DROP TABLE copied",
                "ROLLBACK");
    }
}
