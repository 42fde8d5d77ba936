/**
 * Positions in the WAL, timelines, their histories, and the point where two histories part.
 *
 * <p>All types are immutable and safe for use by any number of threads. Nothing here does I/O.
 */
@NullMarked
package org.pgrewind4j.timeline;

import org.jspecify.annotations.NullMarked;
