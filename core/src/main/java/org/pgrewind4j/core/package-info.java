/** Plans and executes a rewind. */
@NullMarked
package org.pgrewind4j.core;

import org.jspecify.annotations.NullMarked;
