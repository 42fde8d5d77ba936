/**
 * WAL from a cluster's own archive, by its {@code restore_command}.
 *
 * <p>Knows nothing of a rewind.
 */
@NullMarked
package org.pgrewind4j.core.archive;

import org.jspecify.annotations.NullMarked;
