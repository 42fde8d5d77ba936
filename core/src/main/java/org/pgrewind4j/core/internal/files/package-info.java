/**
 * The only hands that write.
 *
 * <p>Knows files and how they become durable, nothing of PostgreSQL.
 */
@NullMarked
package org.pgrewind4j.core.internal.files;

import org.jspecify.annotations.NullMarked;
