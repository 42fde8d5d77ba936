/**
 * Rewinds of scenarios drawn by chance: what the servers do, how they fail over, in what state the target is left, how
 * the source is read. Everything but the timing of a source under load follows from a seed.
 */
@NullMarked
package org.pgrewind4j.core.random;

import org.jspecify.annotations.NullMarked;
