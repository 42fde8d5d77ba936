/**
 * Names of relations and databases, from the catalogs' files of a server that does not run.
 *
 * <p>Reads only, and nothing but names depends on it.
 */
@NullMarked
package org.pgrewind4j.core.internal.names;

import org.jspecify.annotations.NullMarked;
