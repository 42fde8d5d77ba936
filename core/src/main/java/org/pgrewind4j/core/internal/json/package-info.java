/**
 * Plans, reports and status as JSON.
 *
 * <p>Knows the words of {@link org.pgrewind4j.core} only.
 */
@NullMarked
package org.pgrewind4j.core.internal.json;

import org.jspecify.annotations.NullMarked;
