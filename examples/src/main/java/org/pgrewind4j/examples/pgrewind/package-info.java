/** A command line that stands in for PostgreSQL's {@code pg_rewind}. */
@NullMarked
package org.pgrewind4j.examples.pgrewind;

import org.jspecify.annotations.NullMarked;
