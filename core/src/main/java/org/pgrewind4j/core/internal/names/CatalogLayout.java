package org.pgrewind4j.core.internal.names;

import org.pgrewind4j.wal.PostgresVersion;

/**
 * Where the columns of {@code pg_class} and of those catalogs that have their name first are. Up to 11 the OID is no
 * column; from 12 on it is the first. PostgreSQL: {@code src/include/catalog/pg_class.h}.
 *
 * @param name of the object's name
 * @param schema of {@code pg_class.relnamespace}
 * @param file of {@code pg_class.relfilenode}; 0 in it means that the map tells
 * @param kind of {@code pg_class.relkind}, the last column that is looked at
 */
record CatalogLayout(int name, int schema, int file, int kind) {

    private static final CatalogLayout HIDDEN_OID = new CatalogLayout(0, 64, 84, 111);
    private static final CatalogLayout SINCE_12 = new CatalogLayout(4, 68, 88, 115);
    /** {@code relallfrozen} came in. */
    private static final CatalogLayout SINCE_18 = new CatalogLayout(4, 68, 88, 119);

    static CatalogLayout of(PostgresVersion version) {
        if (!version.isAtLeast(PostgresVersion.V12)) {
            return HIDDEN_OID;
        }
        return version.isAtLeast(PostgresVersion.V18) ? SINCE_18 : SINCE_12;
    }

    long oid(CatalogPages.Row row) {
        return name == 0 ? row.hiddenOid() : row.oid(0);
    }

    boolean hasName(CatalogPages.Row row) {
        return row.has(name + CatalogPages.NAME);
    }

    boolean isOfRelation(CatalogPages.Row row) {
        return row.has(kind + 1);
    }
}
