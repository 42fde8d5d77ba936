package org.pgrewind4j.testserver;

import java.util.ArrayList;
import java.util.List;

/** The workload's indexes, one of each kind that the release logs. */
final class IndexWork {

    private static final int POSTED = 40_000;

    private IndexWork() {}

    static void prepare(WorkloadRound round) {
        List<String> statements = new ArrayList<>(List.of(
                "CREATE EXTENSION bloom",
                "CREATE TABLE indexed (id int, name text, words tsvector, tags int[], place point, area box, day date)",
                "CREATE UNIQUE INDEX indexed_btree ON indexed (id)",
                "CREATE INDEX indexed_names ON indexed (name text_pattern_ops)",
                // Few values: long posting lists, and from 13 on deduplication.
                "CREATE INDEX indexed_days ON indexed (day)",
                "CREATE INDEX indexed_gin ON indexed USING gin (words)",
                "CREATE INDEX indexed_gin_slow ON indexed USING gin (tags) WITH (fastupdate = off)",
                "CREATE INDEX indexed_gist ON indexed USING gist (place)",
                "CREATE INDEX indexed_gist_box ON indexed USING gist (area)",
                "CREATE INDEX indexed_spgist ON indexed USING spgist (name)",
                "CREATE INDEX indexed_spgist_kd ON indexed USING spgist (place kd_point_ops)",
                "CREATE INDEX indexed_brin ON indexed USING brin (id) WITH (pages_per_range = 1)",
                "CREATE INDEX indexed_brin_names ON indexed USING brin (name) WITH (pages_per_range = 1)",
                // Logged by generic records, as extensions do.
                "CREATE INDEX indexed_bloom ON indexed USING bloom (id)"));
        if (round.since(10)) {
            // Before, hash indexes are not logged: on a standby they are garbage.
            statements.add("CREATE INDEX indexed_hash ON indexed USING hash (id)");
        }
        // One posting tree with several leaves: fewer rows fit into one.
        statements.add("CREATE TABLE posted (id int, tags int[])");
        statements.add("INSERT INTO posted SELECT g, '{1}' FROM generate_series(1, " + POSTED + ") g");
        statements.add("CREATE INDEX ON posted USING gin (tags)");
        round.execute(statements.toArray(String[]::new));
    }

    static void run(WorkloadRound round) {
        insert(round, 1, "@rows * 2");
        round.execute(
                "UPDATE indexed SET name = name || '!', tags = tags || @round WHERE id % 6 = @round % 6",
                // A whole range, so that the vacuum finds pages without any row.
                "DELETE FROM indexed WHERE id BETWEEN @round * 100000 AND @round * 100000 + @rows",
                "DELETE FROM indexed WHERE id % 9 = @round % 9",
                "SET enable_seqscan = off",
                // Index scans that meet dead rows mark their items, which is not logged.
                "SELECT count(*) FROM indexed WHERE id BETWEEN @round * 100000 AND @round * 100000 + @rows",
                "RESET enable_seqscan",
                "VACUUM indexed",
                // Values of another length and beginning: BRIN tuples move, SP-GiST tuples split.
                "UPDATE indexed SET name = repeat('z', 400) || id WHERE id % 50 = @round % 50",
                "INSERT INTO indexed (id, name) SELECT @round * 100000 + 90000 + g, repeat('name', 5 + @round - g)"
                        + " FROM generate_series(1, 5) g",
                "SELECT brin_summarize_new_values('indexed_brin')");
        if (round.since(10)) {
            round.execute(
                    "SELECT brin_desummarize_range('indexed_brin', 1)", "SELECT gin_clean_pending_list('indexed_gin')");
        }
        insert(round, 50_000, "@rows");
        // Twice: pages that the first vacuum deleted are free for use only later.
        round.execute("VACUUM indexed");
        insert(round, 70_000, "@rows / 2");
        round.execute("DELETE FROM posted WHERE id / 8000 = @round % 5", "VACUUM posted");
    }

    private static void insert(WorkloadRound round, int from, String rows) {
        round.execute(
                "INSERT INTO indexed SELECT @round * 100000 + " + from + " + g, 'name ' || md5((g * @round)::text),"
                        + " to_tsvector('simple', 'word' || g % 50 || ' round@round common'),"
                        + " ARRAY[g % 20, g % 30, g], point(g % 100, (g * @round) % 77),"
                        + " box(point(g, g), point(g + 5, g + @round)), DATE '2020-01-01' + g % 5"
                        + " FROM generate_series(1, " + rows + ") g");
    }
}
