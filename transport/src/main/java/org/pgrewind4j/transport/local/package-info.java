/**
 * A data directory on this machine, source or target.
 *
 * <p>Knows nothing of servers that are asked by SQL.
 */
@NullMarked
package org.pgrewind4j.transport.local;

import org.jspecify.annotations.NullMarked;
