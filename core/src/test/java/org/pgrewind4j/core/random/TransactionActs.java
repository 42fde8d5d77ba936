package org.pgrewind4j.core.random;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Transactions that end otherwise than by a plain commit. */
final class TransactionActs {

    /** More than fit into shared memory's cache, and than a record of assignments. */
    private static final int SUBTRANSACTIONS = 70;

    private static final String PREPARED =
            "SELECT gid FROM pg_prepared_xacts WHERE database = 'postgres' ORDER BY md5(gid || '@any')";

    private TransactionActs() {}

    static List<Act> all() {
        return List.of(
                Act.of(
                        "abort a transaction",
                        "BEGIN",
                        Schema.INSERT_ITEMS,
                        "UPDATE items SET body = 'aborted' WHERE id % 5 = @any % 5",
                        "DELETE FROM items WHERE id % 6 = @any % 6",
                        "CREATE TABLE aborted AS SELECT g FROM generate_series(1, 200) g",
                        "TRUNCATE bulk",
                        "ROLLBACK"),
                Act.of(
                        "prepare a transaction",
                        "BEGIN",
                        "INSERT INTO ledger (k, note) SELECT @step * 1000 + g, 'prepared' FROM generate_series(1, 30) g",
                        "UPDATE ledger SET note = 'changed in @step' WHERE k % 31 = @any % 31",
                        "DELETE FROM ledger WHERE k % 37 = @any % 37",
                        Schema.INSERT_ITEMS.replace("@rows", "20"),
                        "SAVEPOINT s",
                        "INSERT INTO parents SELECT @step * 1000 + g, g FROM generate_series(1, 10) g",
                        "SELECT * FROM parents WHERE id % 4 = @any % 4 FOR SHARE",
                        "PREPARE TRANSACTION 'step @step'"),
                Act.doing("commit a prepared transaction", scene -> end(scene, "COMMIT")),
                Act.doing("roll a prepared transaction back", scene -> end(scene, "ROLLBACK")),
                Act.doing("use many subtransactions", TransactionActs::subtransactions),
                Act.doing("lock rows together", TransactionActs::lockTogether),
                Act.of(
                        "write messages and restore points",
                        "SELECT pg_logical_emit_message(false, 'random', 'not transactional @step')",
                        "SELECT pg_logical_emit_message(true, 'random', repeat('transactional ', @rows))",
                        "SELECT pg_create_restore_point('step @step')",
                        "SELECT pg_replication_origin_create('origin @step')",
                        "SELECT pg_replication_origin_advance('origin @step', '0/1000')",
                        "SELECT pg_replication_origin_drop('origin @step')"));
    }

    private static void end(Scene scene, String command) {
        for (String gid : scene.names(PREPARED + " LIMIT 1")) {
            scene.execute(command + " PREPARED '" + gid + "'");
        }
    }

    private static void subtransactions(Scene scene) {
        List<String> statements = new ArrayList<>(List.of("BEGIN"));
        for (int i = 0; i < SUBTRANSACTIONS; i++) {
            statements.add("SAVEPOINT s" + i);
            statements.add("INSERT INTO ledger (k, note) VALUES (@step * 1000 + 100 + " + i + ", 'subtransaction')");
            if (i % 10 == 9) {
                statements.add("ROLLBACK TO SAVEPOINT s" + (i - 1));
            }
        }
        statements.add(scene.any() % 4 == 0 ? "ROLLBACK" : "COMMIT");
        scene.execute(statements.toArray(String[]::new));
    }

    /** Two transactions that hold one row make a multixact; an update by one of them makes a larger one. */
    private static void lockTogether(Scene scene) {
        try (Connection one = scene.server().connection(Scene.DATABASE);
                Connection other = scene.server().connection(Scene.DATABASE);
                Statement first = one.createStatement();
                Statement second = other.createStatement()) {
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            scene.run(first, "SELECT * FROM parents WHERE id <= 40 FOR KEY SHARE");
            scene.run(second, "SELECT * FROM parents WHERE id <= 40 AND id % 3 = @any % 3 FOR SHARE");
            scene.run(first, "INSERT INTO children (parent) SELECT 1 + (g + @any) % 40 FROM generate_series(1, 15) g");
            other.commit();
            scene.run(second, "UPDATE parents SET value = @step WHERE id <= 40 AND id % 4 = @any % 4");
            scene.run(first, "SELECT * FROM parents WHERE id <= 40 AND id % 4 = @any % 4 FOR KEY SHARE");
            if (scene.any() % 3 == 0) {
                other.rollback();
            } else {
                other.commit();
            }
            one.commit();
        } catch (SQLException e) {
            Scene.tolerate(e);
        }
    }
}
