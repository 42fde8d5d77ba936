/**
 * Backups of a cluster as sources: what a backup is and holds, whoever made it.
 *
 * <p>Everything in a backup is untrusted, as everything of another source is.
 */
@NullMarked
package org.pgrewind4j.transport.backup;

import org.jspecify.annotations.NullMarked;
