/**
 * What the caller asked for.
 *
 * <p>Data only.
 */
@NullMarked
package org.pgrewind4j.core.internal.rewind.settings;

import org.jspecify.annotations.NullMarked;
