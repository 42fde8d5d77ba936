package org.pgrewind4j.wal;

import org.jspecify.annotations.Nullable;

/**
 * Names a relation by where its files lie (PostgreSQL: {@code src/include/storage/relfilelocator.h}; up to 15
 * {@code RelFileNode}). All three are OIDs: unsigned 32-bit numbers held in an {@code int}.
 *
 * @param tablespace the tablespace's OID
 * @param database the database's OID; 0 for the shared relations of {@link #GLOBAL_TABLESPACE}
 * @param relation the relation's file number, which is not always the OID that the catalogs know it by
 */
public record RelFileLocator(int tablespace, int database, int relation) implements Comparable<RelFileLocator> {

    /** The tablespace {@code pg_default}: directory {@code base}. */
    public static final int DEFAULT_TABLESPACE = 1663;

    /** The tablespace {@code pg_global}: directory {@code global}. */
    public static final int GLOBAL_TABLESPACE = 1664;

    // Written out, for the reason that Lsn gives.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RelFileLocator locator
                && relation == locator.relation
                && database == locator.database
                && tablespace == locator.tablespace;
    }

    @Override
    public int hashCode() {
        return (relation * 31 + database) * 31 + tablespace;
    }

    /** Orders by tablespace, database and relation, as unsigned numbers. */
    @Override
    public int compareTo(RelFileLocator other) {
        int order = Integer.compareUnsigned(tablespace, other.tablespace);
        if (order == 0) {
            order = Integer.compareUnsigned(database, other.database);
        }
        return order != 0 ? order : Integer.compareUnsigned(relation, other.relation);
    }

    /** Prints as {@code pg_waldump} does: {@code 1663/13010/1259}. */
    @Override
    public String toString() {
        return Integer.toUnsignedString(tablespace) + "/" + Integer.toUnsignedString(database) + "/"
                + Integer.toUnsignedString(relation);
    }
}
