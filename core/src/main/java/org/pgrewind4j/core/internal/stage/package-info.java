/**
 * From the source to the staging area, checked and sealed.
 *
 * <p>Touches nothing of the target but its staging area and, in place, the blocks that its order overwrites. Knows no kind of plan.
 */
@NullMarked
package org.pgrewind4j.core.internal.stage;

import org.jspecify.annotations.NullMarked;
