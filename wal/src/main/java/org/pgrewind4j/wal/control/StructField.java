package org.pgrewind4j.wal.control;

import java.util.Collections;
import java.util.EnumSet;
import org.pgrewind4j.wal.PostgresVersion;

/** One field of a C struct that PostgreSQL writes to disk as it lies in memory. */
interface StructField {

    /** The last release that is known. */
    PostgresVersion LATEST = Collections.max(EnumSet.allOf(PostgresVersion.class));

    /** The bytes it takes. */
    int size(PostgresVersion version);

    /** Its offset, and its struct's size, are multiples of this. */
    int alignment();

    /** Whether that release has the field. */
    boolean existsIn(PostgresVersion version);
}
