package org.pgrewind4j.core.random;

import java.util.List;
import java.util.stream.Collectors;
import org.pgrewind4j.testserver.PostgresServer;

/** Looks for keys that unique indexes forbid, without asking any index. */
final class UniqueKeys {

    private static final String INDEXES = "SELECT i.indexrelid::regclass, i.indrelid::regclass,"
            + " string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)"
            + " FROM pg_index i JOIN pg_class c ON c.oid = indexrelid"
            + " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
            + " WHERE indisunique AND indisvalid AND indexprs IS NULL AND indpred IS NULL AND relpersistence = 'p'"
            + " GROUP BY 1, 2";

    private UniqueKeys() {}

    /** Each index with the keys that it has twice. */
    static List<List<String>> duplicates(PostgresServer server) {
        String query =
                server.query(INDEXES).stream().map(UniqueKeys::duplicatesOf).collect(Collectors.joining(" UNION ALL "));
        return Session.query(
                server,
                List.of("enable_indexscan = off", "enable_indexonlyscan = off", "enable_bitmapscan = off"),
                query);
    }

    private static String duplicatesOf(List<String> index) {
        String columns = index.get(2);
        String notNull = List.of(columns.split(", ", -1)).stream()
                .map(column -> column + " IS NOT NULL")
                .collect(Collectors.joining(" AND "));
        return "SELECT '" + index.get(0).replace("'", "''") + "', ROW(" + columns + ")::text FROM " + index.get(1)
                + " WHERE " + notNull + " GROUP BY " + columns + " HAVING count(*) > 1";
    }
}
