/**
 * A running server as a source, by SQL.
 *
 * <p>Reads no WAL records but the bounds of one.
 */
@NullMarked
package org.pgrewind4j.transport.live;

import org.jspecify.annotations.NullMarked;
