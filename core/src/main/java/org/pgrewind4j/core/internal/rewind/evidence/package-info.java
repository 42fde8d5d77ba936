/**
 * What the WAL and the control files of both sides prove, and which blocks that makes necessary.
 *
 * <p>Reads only, and decides nothing about files.
 */
@NullMarked
package org.pgrewind4j.core.internal.rewind.evidence;

import org.jspecify.annotations.NullMarked;
