/**
 * What only a rewind knows: evidence becomes decisions and a plan.
 *
 * <p>Changes nothing: it orders, and {@link org.pgrewind4j.core.internal.execute} does. Reached by {@link org.pgrewind4j.core.Rewind} alone.
 */
@NullMarked
package org.pgrewind4j.core.internal.rewind;

import org.jspecify.annotations.NullMarked;
