/**
 * Reports what happens: events of the recorder, phases, progress.
 *
 * <p>Knows the vocabulary of {@link org.pgrewind4j.core} only.
 */
@NullMarked
package org.pgrewind4j.core.internal.events;

import org.jspecify.annotations.NullMarked;
