/** Where the bytes of the new primary come from. */
@NullMarked
package org.pgrewind4j.transport;

import org.jspecify.annotations.NullMarked;
