package org.pgrewind4j.wal.record;

/** Prints object identifiers, which are unsigned. */
final class Oids {

    private Oids() {}

    /** A database in a tablespace, as {@code pg_waldump} names its directory: {@code 1663/16384}. */
    static String path(int tablespace, int database) {
        return Integer.toUnsignedString(tablespace) + "/" + Integer.toUnsignedString(database);
    }
}
