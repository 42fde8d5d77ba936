package org.pgrewind4j.core.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.pgrewind4j.testserver.PostgresServer;

/** Writes to every table of a primary, so that every index takes rows, and to its maps and sequences. */
final class WritesEverywhere {

    /** Tables and their first columns. */
    private static final String TABLES = "SELECT c.oid::regclass, quote_ident((SELECT attname FROM pg_attribute"
            + " WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum LIMIT 1)) FROM pg_class c"
            + " WHERE relkind = 'r' AND relpersistence <> 't' AND relnamespace = 'public'::regnamespace"
            + " ORDER BY relname";

    /** Far above the steps of scenarios and of writers. */
    private static final int STEP = 100_000;

    private WritesEverywhere() {}

    static void to(PostgresServer server) {
        Scene scene = new Scene(server, STEP, 17, 400);
        for (String gid : scene.names("SELECT gid FROM pg_prepared_xacts ORDER BY gid")) {
            server.execute("ROLLBACK PREPARED '" + gid + "'");
        }
        assertThat(server.value("WITH again AS (INSERT INTO items SELECT * FROM items ON CONFLICT DO NOTHING"
                        + " RETURNING id) SELECT count(*) FROM again"))
                .as("rows that went in twice")
                .isEqualTo("0");
        scene.execute(Schema.INSERT_ITEMS);
        server.execute(server.query(TABLES).stream()
                .flatMap(table -> write(table.get(0), table.get(1)))
                .toArray(String[]::new));
        server.execute(
                "UPDATE items SET name = name || 'x', k = k + 1, place = point(place[1] + 1, place[0]) WHERE id % 3 = 0",
                "DELETE FROM items WHERE id % 4 = 0", "SELECT nextval('counter')", "VACUUM");
        scene.execute(Schema.INSERT_ITEMS.replace("@step * 1000 + g", "@step * 1000 + 5000 + g"));
        server.checkpoint();
    }

    private static Stream<String> write(String table, String column) {
        return Stream.of(
                "DO $$ BEGIN INSERT INTO " + table + " SELECT * FROM " + table
                        + " LIMIT 50; EXCEPTION WHEN unique_violation THEN NULL; END $$",
                "UPDATE " + table + " SET " + column + " = " + column);
    }
}
