/**
 * Real PostgreSQL servers of every release from 9.6 to 18, for tests and demonstrations: start, crash, copy, replicate
 * and promote them, whoever runs the JVM (root too) and without an installed PostgreSQL.
 *
 * <p>Servers listen on the loopback address alone, keep nothing outside their folders and never outlive the JVM.
 */
@NullMarked
package org.pgrewind4j.testserver;

import org.jspecify.annotations.NullMarked;
