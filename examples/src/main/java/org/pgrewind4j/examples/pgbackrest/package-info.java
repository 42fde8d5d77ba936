/** A command line that scripts can run in the place of {@code pgbackrest restore}. */
@NullMarked
package org.pgrewind4j.examples.pgbackrest;

import org.jspecify.annotations.NullMarked;
