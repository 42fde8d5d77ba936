/**
 * Reads the WAL that replay will read, before anything is changed, and says what would stop it.
 *
 * <p>Reads only.
 */
@NullMarked
package org.pgrewind4j.core.internal.rewind.rehearsal;

import org.jspecify.annotations.NullMarked;
