package org.pgrewind4j.core.random;

/** Reads, which a standby can do too. They set hint bits and, on a primary, prune pages and mark dead index items. */
final class Reads {

    private Reads() {}

    static void byIndexes(Scene scene) {
        scene.execute(
                "SET enable_seqscan = off",
                "SET enable_bitmapscan = off",
                "SELECT count(body) FROM items WHERE id > 0",
                "SELECT count(body) FROM items WHERE k >= 0",
                "SELECT count(body) FROM items WHERE name ~>=~ ''",
                "SELECT count(body) FROM items WHERE place <@ box '((-1,-1),(100,100))'",
                "SELECT count(body) FROM items WHERE area && box '((0,0),(100,100))'",
                "SELECT count(note) FROM ledger WHERE k > 0",
                "SELECT count(note) FROM ledger WHERE id > 0",
                "SELECT count(body) FROM bulk WHERE id > 0",
                "SELECT count(body) FROM emptied WHERE id > 0",
                // The planner takes a hash index for a value that it is given.
                "SET enable_indexonlyscan = off",
                "SELECT count(body) FROM items WHERE k = @any % 37",
                "SELECT count(body) FROM items WHERE k = (@any + 1) % 37");
    }

    static void tables(Scene scene) {
        scene.execute(
                "SELECT count(*) FROM items",
                "SELECT count(*) FROM ledger",
                "SELECT count(*) FROM bulk",
                "SELECT count(*) FROM documents",
                "SELECT count(*) FROM emptied",
                "SELECT count(*) FROM parents",
                "SELECT count(*) FROM children");
    }
}
