/** Runnable programs, one idea each. */
@NullMarked
package org.pgrewind4j.examples;

import org.jspecify.annotations.NullMarked;
