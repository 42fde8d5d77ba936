/** Benchmarks: JMH for single operations, and comparisons with PostgreSQL's own tools on the same data. */
@NullMarked
package org.pgrewind4j.examples.bench;

import org.jspecify.annotations.NullMarked;
