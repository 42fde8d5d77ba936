package org.pgrewind4j.core.random;

import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;

/** The tables that acts work on: above all {@code items}, with an index of every kind. */
final class Schema {

    /** Rows of {@code items} with the ids @step * 1000 and up; what is in them depends on id and step alone. */
    static final String INSERT_ITEMS = "INSERT INTO items (id, k, name, words, tags, place, area, day, body)"
            + " SELECT @step * 1000 + g, (g * 7 + @any) % 37, substr(md5((g % 60)::text), 1, 1 + g % 9) || g,"
            + " to_tsvector('simple', 'word' || g % 23 || ' step@step common'), ARRAY[g % 11, g % 29, @step],"
            + " point(g % 50, (g * @step) % 41), box(point(g % 60, g % 31), point(g % 60 + 3, g % 31 + @step % 5)),"
            + " DATE '2020-01-01' + g % 9, repeat('x', (g * @any) % 180) FROM generate_series(1, @rows) g";

    private Schema() {}

    static void create(PostgresServer server) {
        List<String> statements = new ArrayList<>(List.of(
                "CREATE EXTENSION bloom",
                "CREATE TABLE items (id int PRIMARY KEY, k int, name text, words tsvector, tags int[], place point,"
                        + " area box, day date, body text) WITH (fillfactor = 80)"));
        statements.addAll(indexesOf(server.release(), "items"));
        statements.addAll(List.of(
                "CREATE TABLE ledger (id serial PRIMARY KEY, k int UNIQUE, note text)",
                "INSERT INTO ledger (k, note) SELECT g, 'shared' FROM generate_series(1, 200) g",
                "CREATE TABLE parents (id int PRIMARY KEY, value int)",
                "CREATE TABLE children (id serial PRIMARY KEY, parent int REFERENCES parents)",
                "INSERT INTO parents SELECT g, g FROM generate_series(1, 40) g",
                "CREATE TABLE documents (id int PRIMARY KEY, body text)",
                "ALTER TABLE documents ALTER body SET STORAGE EXTERNAL",
                "CREATE TABLE emptied (id int PRIMARY KEY, body text)",
                "CREATE TABLE bulk (id int, body text)",
                "CREATE INDEX ON bulk (id)",
                "CREATE TABLE \"in space 0\" (id int PRIMARY KEY, body text) TABLESPACE \"space 0\"",
                "CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY, body text)",
                "CREATE SEQUENCE counter INCREMENT 3",
                "CREATE MATERIALIZED VIEW summary AS SELECT k, count(*) AS n FROM items GROUP BY k",
                "CREATE UNIQUE INDEX ON summary (k)"));
        server.execute(statements.toArray(String[]::new));
        new Scene(server, 1, 5, 300).execute(INSERT_ITEMS);
    }

    /** One index of each kind that the release logs. */
    static List<String> indexesOf(ServerRelease release, String table) {
        List<String> statements = new ArrayList<>(List.of(
                "CREATE INDEX ON " + table + " (k)",
                "CREATE INDEX ON " + table + " (name text_pattern_ops)",
                "CREATE INDEX ON " + table + " USING gin (words)",
                "CREATE INDEX ON " + table + " USING gin (tags) WITH (fastupdate = off)",
                "CREATE INDEX ON " + table + " USING gist (place)",
                "CREATE INDEX ON " + table + " USING gist (area)",
                "CREATE INDEX ON " + table + " USING spgist (name)",
                "CREATE INDEX ON " + table + " USING spgist (place)",
                "CREATE INDEX ON " + table + " USING brin (id) WITH (pages_per_range = 1)",
                "CREATE INDEX ON " + table + " USING brin (day) WITH (pages_per_range = 2)",
                "CREATE INDEX ON " + table + " USING bloom (k)"));
        if (release.isAtLeast(10)) {
            // Before, hash indexes are not logged: on a standby they are garbage.
            statements.add("CREATE INDEX ON " + table + " USING hash (k)");
        }
        return statements;
    }
}
