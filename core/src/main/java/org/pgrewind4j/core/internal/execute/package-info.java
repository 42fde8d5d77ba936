/**
 * The order of things, and the one point of no return.
 *
 * <p>Takes an order and knows no kind of plan: nothing of a rewind, no decision.
 */
@NullMarked
package org.pgrewind4j.core.internal.execute;

import org.jspecify.annotations.NullMarked;
