/**
 * Connection strings, files and options as libpq reads them.
 *
 * <p>Opens no socket and knows no SQL. Not exported.
 */
@NullMarked
package org.pgrewind4j.transport.libpq;

import org.jspecify.annotations.NullMarked;
