/**
 * WAL pages to records, byte for byte: the loop that everything else waits for.
 *
 * <p>Knows what no record means, and allocates nothing for one: neither {@code Optional} nor a stream is used here. Not exported.
 */
@NullMarked
package org.pgrewind4j.wal.framing;

import org.jspecify.annotations.NullMarked;
