/**
 * What a rewind overwrites and removes, kept as a bundle, and put back.
 *
 * <p>Knows the engine's manifests, and nothing of how a rewind came to its own.
 */
@NullMarked
package org.pgrewind4j.core.internal.salvage;

import org.jspecify.annotations.NullMarked;
