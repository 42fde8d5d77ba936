package org.pgrewind4j.core.random;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/** Rows that come, change and go, and reads that leave hints on pages. */
final class RowActs {

    private static final List<Act> ALL = List.of(
            Act.of("insert rows", Schema.INSERT_ITEMS),
            Act.doing("insert rows one by one", RowActs::insertOneByOne),
            Act.of("update no indexed column", "UPDATE items SET body = body || '!' WHERE id % 7 = @any % 7"),
            Act.of(
                    "update indexed columns",
                    "UPDATE items SET k = k + 1, name = reverse(name), place = point(place[1], place[0]),"
                            + " tags = tags || @step, day = day + 1 WHERE id % 11 = @any % 11",
                    "UPDATE items SET words = to_tsvector('simple', 'step@step changed') WHERE id % 19 = @any % 19"),
            Act.of("delete rows", "DELETE FROM items WHERE id % 9 = @any % 9"),
            Act.of(
                    "delete rows and insert them again",
                    "CREATE TEMP TABLE again AS SELECT * FROM items WHERE id % 8 = @any % 8",
                    "DELETE FROM items WHERE id % 8 = @any % 8",
                    "INSERT INTO items SELECT * FROM again"),
            Act.of(
                    "delete a range of rows",
                    "DELETE FROM items WHERE id / 1000 = (SELECT id / 1000 FROM items GROUP BY 1"
                            + " ORDER BY md5((id / 1000 + @any)::text) LIMIT 1)"),
            Act.of(
                    "write long values",
                    "INSERT INTO documents SELECT @step * 1000 + g,"
                            + " repeat(md5((g * @any)::text), 100 + g * 3) FROM generate_series(1, 12) g",
                    "UPDATE documents SET body = body || 'more' WHERE id % 4 = @any % 4",
                    "DELETE FROM documents WHERE id % 7 = @any % 7"),
            Act.of(
                    "write large objects",
                    "SELECT lo_from_bytea(0, convert_to(repeat('large object @step ', 400), 'UTF8'))",
                    "SELECT lo_put(oid, 3000, 'changed @step') FROM pg_largeobject_metadata",
                    "SELECT lo_unlink(min(oid)) FROM pg_largeobject_metadata HAVING count(*) > 2"),
            Act.doing("copy rows in", RowActs::copyIn),
            Act.of("count a sequence on", "SELECT nextval('counter') FROM generate_series(1, 40 + @any % 50)"),
            Act.of("set a sequence", "SELECT setval('counter', 1000 * @step)", "SELECT nextval('counter')"),
            Act.of(
                    "write rows that are not logged",
                    "INSERT INTO unlogged SELECT @step * 1000 + g, 'u'" + " FROM generate_series(1, @rows) g"),
            Act.doing("read by indexes", Reads::byIndexes),
            Act.doing("read tables", Reads::tables));

    private RowActs() {}

    static List<Act> all() {
        return ALL;
    }

    private static void insertOneByOne(Scene scene) {
        scene.execute(IntStream.range(0, 15)
                .mapToObj(i -> Schema.INSERT_ITEMS.replace(
                        "generate_series(1, @rows)", "generate_series(" + (500 + i) + ", " + (500 + i) + ")"))
                .toArray(String[]::new));
    }

    private static void copyIn(Scene scene) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < scene.rows() * 4; i++) {
            lines.append(scene.step() * 10_000 + i).append("\tcopied in step ").append(scene.step());
            lines.append('\n');
        }
        try (Connection connection = scene.server().connection(Scene.DATABASE)) {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY bulk FROM STDIN", new StringReader(lines.toString()));
        } catch (SQLException e) {
            Scene.tolerate(e);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
