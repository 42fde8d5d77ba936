package org.pgrewind4j.core.report;

import java.util.List;
import org.pgrewind4j.wal.record.TransactionRecord;
import org.pgrewind4j.wal.scan.RowCounts;

/**
 * A transaction that seems to have changed definitions: it changed rows of system catalogs. That it did so is a fact; which
 * statement it was is not told by WAL, and temporary tables have rows in the catalogs too.
 *
 * @param transaction the record that committed it
 * @param database the database whose catalogs they are, an unsigned number; 0 for those that all databases share
 * @param catalogs which catalogs, in the order of their names
 */
public record DefinitionChange(TransactionRecord transaction, long database, List<Catalog> catalogs) {

    /**
     * Rows of one catalog.
     *
     * @param name the catalog, as {@code pg_proc}
     * @param objects what it has rows for, as {@code functions}
     * @param rows how many
     */
    public record Catalog(String name, String objects, RowCounts rows) {}

    /**
     * Takes a copy of the list.
     *
     * @param transaction the record that committed it
     * @param database the database whose catalogs they are
     * @param catalogs which catalogs
     */
    public DefinitionChange {
        catalogs = List.copyOf(catalogs);
    }
}
