/**
 * Brings a data directory back to a backup, keeping what it has of it already:
 * {@link org.pgrewind4j.core.restore.DeltaRestore} is the way in.
 *
 * <p>Staging, sealing and applying are those of a rewind, and so are progress, problems and failures, whose types are in
 * {@link org.pgrewind4j.core}.
 */
@NullMarked
package org.pgrewind4j.core.restore;

import org.jspecify.annotations.NullMarked;
