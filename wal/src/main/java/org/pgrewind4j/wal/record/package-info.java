/**
 * WAL records one by one, decoded for people and for decisions.
 *
 * <p>Knows nothing of collecting changes from many of them.
 */
@NullMarked
package org.pgrewind4j.wal.record;

import org.jspecify.annotations.NullMarked;
