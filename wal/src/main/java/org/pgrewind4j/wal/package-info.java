/** Reads PostgreSQL write-ahead logs and control files. */
@NullMarked
package org.pgrewind4j.wal;

import org.jspecify.annotations.NullMarked;
