package org.pgrewind4j.core.random;

import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.testserver.PostgresServer;

/** Asks each kind of index and the table itself the same questions. */
final class IndexAgreement {

    private static final String ROWS = "SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM items WHERE ";

    private IndexAgreement() {}

    static List<String> problems(PostgresServer server) {
        List<String> problems = new ArrayList<>();
        List<String> questions = questions();
        List<List<String>> byTable = Session.query(server, settings("on", "off"), all(questions));
        List<List<String>> byIndex = Session.query(server, settings("off", "on"), all(questions));
        for (int i = 0; i < questions.size(); i++) {
            String rows = byTable.get(i).get(1);
            String found = byIndex.get(i).get(1);
            if (!rows.equals(found)) {
                problems.add(questions.get(i) + ": rows " + rows + "\n by an index " + found);
            }
        }
        return problems;
    }

    private static List<String> settings(String table, String index) {
        return List.of(
                "enable_seqscan = " + table,
                "enable_indexscan = " + index,
                "enable_bitmapscan = " + index,
                "enable_indexonlyscan = off");
    }

    /** All questions at once: the first column keeps their order. */
    private static String all(List<String> questions) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            parts.add("SELECT " + i + " AS n, (" + ROWS + questions.get(i) + ")");
        }
        return String.join(" UNION ALL ", parts) + " ORDER BY n";
    }

    private static List<String> questions() {
        List<String> questions = new ArrayList<>(List.of(
                "id > 0",
                "id BETWEEN 1000 AND 9000",
                "name ~>=~ ''",
                "name = '1' || id % 1000",
                "words @@ 'common'::tsquery",
                "words @@ 'changed'::tsquery",
                "place <@ box '((-1,-1),(1000,1000))'",
                "place <@ box '((10,10),(20,30))'",
                "area && box '((0,0),(1000,1000))'",
                "area && box '((5,5),(9,9))'",
                "day = DATE '2020-01-03'",
                "day > DATE '2020-01-01'"));
        for (int i = 0; i < 40; i += 3) {
            questions.add("k = " + i);
            questions.add("words @@ 'word" + i + "'::tsquery");
            questions.add("tags @> ARRAY[" + i + "]");
        }
        return questions;
    }
}
