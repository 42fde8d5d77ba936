/**
 * Facts about one side, and what a path means.
 *
 * <p>Decides nothing, and knows no kind of plan.
 */
@NullMarked
package org.pgrewind4j.core.internal.cluster;

import org.jspecify.annotations.NullMarked;
