/**
 * Connections to a source, by whichever words the caller has for it: libpq's, a URL, a data source.
 *
 * <p>Logs in and knows nothing of what is asked then. Not exported.
 */
@NullMarked
package org.pgrewind4j.transport.connect;

import org.jspecify.annotations.NullMarked;
