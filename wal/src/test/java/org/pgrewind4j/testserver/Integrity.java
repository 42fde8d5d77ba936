package org.pgrewind4j.testserver;

import java.util.ArrayList;
import java.util.List;

/**
 * PostgreSQL's own checks of a running server, a primary or a standby: {@code pg_visibility} on every release (the
 * visibility map says nothing that the heap does not), {@code amcheck} from 10 on (every btree index, and from 11 on
 * that each row is in it) with {@code verify_heapam} from 14 on.
 */
public final class Integrity {

    private static final String TABLES =
            " FROM pg_class c WHERE relkind IN ('r', 'm', 't') AND relpersistence = 'p' AND @which";

    private Integrity() {}

    /**
     * Creates the extensions in each database that has none; those made from {@code template1} afterwards have them.
     * Needed before {@link #problems} on the primary, and so there on its standbys.
     *
     * @param primary a running primary
     */
    public static void prepare(PostgresServer primary) {
        for (String database : databases(primary)) {
            primary.executeIn(database, "CREATE EXTENSION IF NOT EXISTS pg_visibility");
            if (primary.release().isAtLeast(10)) {
                primary.executeIn(database, "CREATE EXTENSION IF NOT EXISTS amcheck");
            }
        }
    }

    /**
     * Runs all checks in each database.
     *
     * @param server a running server whose databases were prepared
     * @return what is wrong, with the database's name; none if all is well
     */
    public static List<String> problems(PostgresServer server) {
        return problems(server, databases(server), "true");
    }

    /**
     * Runs all checks of some relations in some databases.
     *
     * @param server a running server whose databases were prepared
     * @param databases their names
     * @param which a condition of SQL on {@code pg_class c}: of a table, or of the index itself
     * @return what is wrong, with the database's name; none if all is well
     */
    public static List<String> problems(PostgresServer server, List<String> databases, String which) {
        List<String> problems = new ArrayList<>();
        for (String database : databases) {
            for (String check : checks(server)) {
                collect(server, database, check.replace("@which", which), problems);
            }
        }
        return List.copyOf(problems);
    }

    private static List<String> databases(PostgresServer server) {
        return server.query("SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname").stream()
                .map(row -> row.get(0))
                .toList();
    }

    private static List<String> checks(PostgresServer server) {
        List<String> checks = new ArrayList<>();
        checks.add("SELECT 'not frozen: ' || c.oid::regclass || ' ' || pg_check_frozen(c.oid)" + TABLES);
        checks.add("SELECT 'not visible to all: ' || c.oid::regclass || ' ' || pg_check_visible(c.oid)" + TABLES);
        if (server.release().isAtLeast(14)) {
            checks.add("SELECT 'heap: ' || c.oid::regclass || ' block ' || v.blkno || ': ' || v.msg"
                    + " FROM pg_class c, LATERAL verify_heapam(c.oid) v"
                    + " WHERE relkind IN ('r', 'm', 't') AND relpersistence = 'p' AND @which");
        }
        if (server.release().isAtLeast(10)) {
            String everyRow = server.release().isAtLeast(11) ? ", true" : "";
            // Between the levels it looks under a lock that a standby cannot give, nor beside a prepared transaction.
            boolean alone = !server.isInRecovery()
                    && server.value("SELECT count(*) FROM pg_prepared_xacts").equals("0");
            String function = alone ? "bt_index_parent_check" : "bt_index_check";
            // The function ends the query with an error where something is wrong.
            checks.add("SELECT 'index: ' || nullif(" + function + "(c.oid" + everyRow + ")::text, '')"
                    + " FROM pg_class c JOIN pg_am a ON a.oid = relam JOIN pg_index i ON i.indexrelid = c.oid"
                    + " WHERE amname = 'btree' AND relkind = 'i' AND relpersistence = 'p' AND indisvalid"
                    + " AND @which");
        }
        return checks;
    }

    private static void collect(PostgresServer server, String database, String check, List<String> problems) {
        try {
            for (List<String> row : server.queryIn(database, check)) {
                if (!row.get(0).isEmpty()) {
                    problems.add(database + ": " + row.get(0));
                }
            }
        } catch (TestServerException e) {
            problems.add(database + ": " + e.getMessage());
        }
    }
}
