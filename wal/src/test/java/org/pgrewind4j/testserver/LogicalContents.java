package org.pgrewind4j.testserver;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the rows of a running server are, in a form that tells where two servers differ: one line for each table,
 * catalogs included, and each sequence of each database. Equal maps mean equal rows.
 *
 * <p>Unlogged tables are left out, since a standby has none of their rows. Of a sequence the value counts up to which
 * WAL was written in advance, which is the same on a primary and on its standby.
 */
public final class LogicalContents {

    private static final String DATABASES = "SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname";

    private static final String RELATIONS = "SELECT format('%I.%I', nspname, relname), relkind, c.oid FROM pg_class c"
            + " JOIN pg_namespace n ON n.oid = relnamespace"
            + " WHERE relkind IN ('r', 'm', 'S') AND relpersistence = 'p' AND relispopulated"
            + " ORDER BY 1";

    private LogicalContents() {}

    /**
     * Reads everything.
     *
     * @param server a running server, a primary or a standby
     * @return for each {@code database: schema.relation} its number of rows and a hash of them, or a sequence's value
     */
    public static SortedMap<String, String> of(PostgresServer server) {
        return of(
                server, server.query(DATABASES).stream().map(row -> row.get(0)).toList());
    }

    /**
     * Reads some databases.
     *
     * @param server a running server, a primary or a standby
     * @param databases their names
     * @return for each {@code database: schema.relation} its number of rows and a hash of them, or a sequence's value
     */
    public static SortedMap<String, String> of(PostgresServer server, List<String> databases) {
        SortedMap<String, String> contents = new TreeMap<>();
        for (String name : databases) {
            for (List<String> row : server.queryIn(name, relations(server, name))) {
                contents.put(name + ": " + row.get(0), row.get(1));
            }
        }
        return Collections.unmodifiableSortedMap(contents);
    }

    private static String relations(PostgresServer server, String database) {
        List<String> parts = new ArrayList<>();
        for (List<String> relation : server.queryIn(database, RELATIONS)) {
            String name = relation.get(0);
            boolean sequence = relation.get(1).equals("S");
            String value = sequence ? sequence(server.release(), name, relation.get(2)) : table(name);
            parts.add("SELECT '" + name.replace("'", "''") + "', (" + value + ")");
        }
        return String.join(" UNION ALL ", parts);
    }

    private static String table(String name) {
        return "SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(hash, '' ORDER BY hash)), 'no hash')"
                + " FROM (SELECT md5(\"the row\"::text) AS hash FROM " + name + " \"the row\") hashes";
    }

    private static String sequence(ServerRelease release, String name, String oid) {
        String step = release.isAtLeast(10)
                ? "(SELECT seqincrement FROM pg_sequence WHERE seqrelid = " + oid + ")"
                : "increment_by";
        return "SELECT 'logged up to ' || last_value + log_cnt * " + step + " FROM " + name;
    }
}
