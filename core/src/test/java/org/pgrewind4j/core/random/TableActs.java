package org.pgrewind4j.core.random;

import java.util.ArrayList;
import java.util.List;

/** Tables that are made, filled at once, rewritten, emptied, dropped. */
final class TableActs {

    private TableActs() {}

    static List<Act> all() {
        return List.of(
                Act.of(
                        "create a table as a query",
                        "CREATE TABLE \"made @step\" AS SELECT g AS id, repeat('y', g % 200) AS body"
                                + " FROM generate_series(1, @rows * 3) g",
                        "CREATE UNIQUE INDEX ON \"made @step\" (id)"),
                Act.doing("create a table like items", TableActs::createLikeItems),
                Act.of(
                        "copy frozen rows into a new table",
                        "BEGIN",
                        "CREATE TABLE \"made @step\" (id int PRIMARY KEY, body text)",
                        "COPY \"made @step\" FROM PROGRAM 'seq -f \"%.0f\tfrozen\" 1 @rows' FREEZE",
                        "COMMIT"),
                Act.of(
                        "change rows of a made table",
                        made("UPDATE %1$I SET id = id, body = body || ''1'' WHERE id % 3 = 1;"
                                + " DELETE FROM %1$I WHERE id % 5 = 2")),
                Act.of("drop a made table", made("DROP TABLE %1$I")),
                Act.of("truncate a made table", made("TRUNCATE %1$I")),
                Act.of("add a column to a made table", made("ALTER TABLE %1$I ADD \"c@step\" int DEFAULT 7")),
                Act.of(
                        "rewrite a made table",
                        made("ALTER TABLE %1$I ALTER id TYPE bigint; ALTER TABLE %1$I ALTER id TYPE int")),
                Act.of(
                        "truncate and fill a table",
                        "INSERT INTO emptied SELECT -g, repeat('x', 2000) FROM generate_series(1, @rows) g"
                                + " ON CONFLICT DO NOTHING",
                        "TRUNCATE emptied",
                        "INSERT INTO emptied SELECT g, 'step @step' FROM generate_series(1, @rows) g"),
                Act.of(
                        "truncate and fill a table in one transaction",
                        "BEGIN",
                        "TRUNCATE emptied",
                        "INSERT INTO emptied SELECT g, 'step @step' FROM generate_series(1, @rows) g",
                        "COMMIT"),
                Act.of(
                        "delete a table's end",
                        "DELETE FROM bulk WHERE ctid >= (SELECT max(ctid) FROM bulk WHERE id % 10 < 5)",
                        "DELETE FROM bulk WHERE id % 10000 > @any % 200",
                        "VACUUM bulk"),
                Act.of(
                        "make an unlogged table a logged one",
                        "CREATE UNLOGGED TABLE \"made @step\" AS SELECT g AS id, 'unlogged'::text AS body"
                                + " FROM generate_series(1, @rows) g",
                        "ALTER TABLE \"made @step\" SET LOGGED"),
                Act.of(
                        "make a logged table an unlogged one",
                        "CREATE TABLE \"turned @step\" AS SELECT g AS id FROM generate_series(1, @rows) g",
                        "ALTER TABLE \"turned @step\" SET UNLOGGED"),
                Act.of("refresh a materialized view", "REFRESH MATERIALIZED VIEW summary"),
                Act.of("refresh a materialized view by rows", "REFRESH MATERIALIZED VIEW CONCURRENTLY summary"),
                Act.of(
                        "fill a table that does not live long",
                        "CREATE TABLE shortlived AS SELECT * FROM items",
                        "CREATE INDEX ON shortlived (name)",
                        "DROP TABLE shortlived"));
    }

    /** A statement for one of the tables that were made, if there is any; {@code %1$I} stands for its name. */
    private static String made(String statement) {
        return "DO $$ DECLARE made text; BEGIN SELECT relname INTO made FROM pg_class WHERE relname LIKE 'made %'"
                + " AND relkind = 'r' ORDER BY md5(relname || '@any') LIMIT 1;"
                + " IF FOUND THEN EXECUTE format('" + statement.replace("% ", "%% ") + "', made); END IF; END $$";
    }

    private static void createLikeItems(Scene scene) {
        String table = "\"made @step\"";
        List<String> statements = new ArrayList<>(
                List.of("CREATE TABLE " + table + " (LIKE items)", "ALTER TABLE " + table + " ADD PRIMARY KEY (id)"));
        List<String> indexes = Schema.indexesOf(scene.server().release(), table);
        statements.add("INSERT INTO " + table + " SELECT * FROM items WHERE id % 3 = @any % 3");
        for (int i = 0; i < 4; i++) {
            statements.add(indexes.get((scene.any() + i * 3) % indexes.size()));
        }
        statements.add("INSERT INTO " + table + " SELECT * FROM items WHERE id % 3 = (@any + 1) % 3");
        scene.execute(statements.toArray(String[]::new));
    }
}
