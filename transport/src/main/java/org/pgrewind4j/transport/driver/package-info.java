/**
 * What the PostgreSQL driver is given to connect by: it makes these objects itself, from the names of their classes and
 * its own properties.
 */
@NullMarked
package org.pgrewind4j.transport.driver;

import org.jspecify.annotations.NullMarked;
