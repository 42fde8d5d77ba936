/**
 * What a stretch of WAL says about blocks and relations, read by several threads.
 *
 * <p>Reads WAL alone, never the files of a cluster.
 */
@NullMarked
package org.pgrewind4j.wal.scan;

import org.jspecify.annotations.NullMarked;
