/**
 * What only a delta restore knows.
 *
 * <p>Changes nothing: it orders, and {@link org.pgrewind4j.core.internal.execute} does. Knows nothing of a rewind.
 */
@NullMarked
package org.pgrewind4j.core.internal.restore;

import org.jspecify.annotations.NullMarked;
