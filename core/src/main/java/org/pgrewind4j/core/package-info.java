/**
 * Plans and executes a rewind: {@link org.pgrewind4j.core.Rewind} is the way in.
 *
 * <p>The main path is collect, decide, stage, seal, apply. Everything up to the seal leaves the target as it was;
 * everything after it needs the source no longer.
 */
@NullMarked
package org.pgrewind4j.core;

import org.jspecify.annotations.NullMarked;
