/**
 * The control file and checkpoints, by release.
 *
 * <p>Knows no WAL records: what they are framed in and what they mean is the business of the packages that use this one.
 */
@NullMarked
package org.pgrewind4j.wal.control;

import org.jspecify.annotations.NullMarked;
