/**
 * What WAL proves to be the same in a target and in a backup, so that a restore need not read it.
 *
 * <p>Reads only. Proves with what a rewind proves with, and knows nothing else of a rewind.
 */
@NullMarked
package org.pgrewind4j.core.internal.restore.evidence;

import org.jspecify.annotations.NullMarked;
