package org.pgrewind4j.examples;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgrewind4j.testserver.PostgresServer;

/** What a demonstration's servers hold: accounts that both know, and orders that only one of them took. */
final class DemoRows {

    static final int ACCOUNTS = 100_000;
    static final int LOST_ORDERS = 500;
    static final int NEW_ORDERS = 700;
    /** A table that only the abandoned branch has. */
    static final String LOST_TABLE = "made_too_late";

    private DemoRows() {}

    /** The shared past: it ends with changes all over a table, after the last shared checkpoint. */
    static void writeSharedPast(PostgresServer primary) {
        primary.execute(
                "CREATE TABLE account (id int PRIMARY KEY, owner text, balance int)",
                "CREATE TABLE orders (id int PRIMARY KEY, account int REFERENCES account, taken_by text)",
                "INSERT INTO account SELECT i, 'owner ' || md5(i::text), 100 FROM generate_series(1, " + ACCOUNTS
                        + ") i");
        primary.checkpoint();
        primary.execute("UPDATE account SET balance = balance + 1 WHERE id % 10 = 0");
    }

    /** What the old primary takes after the failover, which is lost. */
    static void writeAbandonedBranch(PostgresServer old) {
        takeOrders(old, LOST_ORDERS, "the old primary");
        old.execute(
                "UPDATE account SET balance = 0 WHERE id <= 300",
                "CREATE TABLE " + LOST_TABLE + " AS SELECT * FROM account WHERE id <= 5000");
    }

    /** What the new primary takes meanwhile, which stays. */
    static void writeNewBranch(PostgresServer promoted) {
        takeOrders(promoted, NEW_ORDERS, "the new primary");
        promoted.execute(
                "UPDATE account SET balance = balance - 1 WHERE id BETWEEN 50000 AND 50300",
                "DELETE FROM account WHERE id > " + (ACCOUNTS - 100));
    }

    static void takeOrders(PostgresServer server, int count, String takenBy) {
        server.execute("INSERT INTO orders SELECT coalesce((SELECT max(id) FROM orders), 0) + i, i, '" + takenBy
                + "' FROM generate_series(1, " + count + ") i");
    }

    static long orders(PostgresServer server, String takenBy) {
        return Long.parseLong(server.value("SELECT count(*) FROM orders WHERE taken_by = '" + takenBy + "'"));
    }

    static boolean hasTable(PostgresServer server, String table) {
        return server.value("SELECT count(*) FROM pg_class WHERE relname = '" + table + "'")
                .equals("1");
    }

    /** The digest of all rows of each table. */
    static Map<String, String> contents(PostgresServer server) {
        Map<String, String> digests = new TreeMap<>();
        for (List<String> row : server.query(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")) {
            String table = row.get(0);
            digests.put(
                    table,
                    server.value("SELECT count(*) || ' rows, md5 ' || md5(string_agg(t::text, ',' ORDER BY t::text))"
                            + " FROM " + table + " t"));
        }
        return digests;
    }

    /** The names of tables and indexes by the path of their files. */
    static Map<String, String> namesByPath(PostgresServer server) {
        Map<String, String> names = new TreeMap<>();
        server.query("SELECT pg_relation_filepath(oid), relname FROM pg_class WHERE relkind IN ('r', 'i', 't')")
                .forEach(row -> names.put(row.get(0), row.get(1)));
        return names;
    }
}
