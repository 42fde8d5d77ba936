/**
 * PostgreSQL's configuration files, and the settings of a standby in them.
 *
 * <p>Knows nothing of staging or applying.
 */
@NullMarked
package org.pgrewind4j.core.internal.config;

import org.jspecify.annotations.NullMarked;
