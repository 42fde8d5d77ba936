package org.pgrewind4j.core.random;

import java.util.List;

/** Vacuum in all its forms, tables and indexes that are rebuilt, maps of catalogs that change. */
final class MaintenanceActs {

    private static final List<String> MAPPED =
            List.of("pg_class", "pg_attribute", "pg_proc", "pg_type", "pg_database", "pg_authid", "pg_shdepend");

    private MaintenanceActs() {}

    static List<Act> all() {
        return List.of(
                Act.of("vacuum", "VACUUM items", "VACUUM ledger", "VACUUM bulk"),
                Act.of(
                        "vacuum and freeze",
                        "VACUUM (FREEZE) items",
                        "VACUUM (FREEZE) parents",
                        "VACUUM (FREEZE) documents"),
                Act.of("vacuum all", "VACUUM"),
                Act.of("analyze", "ANALYZE"),
                Act.of("vacuum in full", "VACUUM FULL items", "VACUUM FULL documents"),
                Act.doing("vacuum a mapped catalog in full", scene -> scene.execute("VACUUM FULL " + mapped(scene))),
                Act.doing("reindex a mapped catalog", scene -> scene.execute("REINDEX TABLE " + mapped(scene))),
                Act.of("cluster", "CLUSTER items USING items_pkey"),
                Act.of("reindex", "REINDEX TABLE items"),
                Act.since(
                        12,
                        "reindex concurrently",
                        "REINDEX INDEX CONCURRENTLY items_pkey",
                        "REINDEX INDEX CONCURRENTLY items_k_idx"),
                Act.of(
                        "create an index concurrently",
                        "CREATE INDEX CONCURRENTLY \"later @step\" ON items (k, day)",
                        "DROP INDEX \"later @step\""),
                Act.of("summarize ranges", "SELECT brin_summarize_new_values('items_id_idx')"),
                Act.since(
                        10,
                        "clean and desummarize",
                        "SELECT gin_clean_pending_list('items_words_idx')",
                        "SELECT brin_desummarize_range('items_id_idx', 1)"),
                Act.doing("end a WAL segment", scene -> scene.server().switchWal()));
    }

    private static String mapped(Scene scene) {
        return MAPPED.get(scene.any() % MAPPED.size());
    }
}
