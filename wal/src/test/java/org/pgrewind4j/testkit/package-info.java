/**
 * What unit tests need instead of a cluster: WAL and control files of every release from 9.6 to 18, made in memory.
 *
 * <p>{@link org.pgrewind4j.testkit.WalBuilder} writes records, page headers and segments by the server's rules, and
 * {@link org.pgrewind4j.testkit.ControlFileBuilder} a {@code pg_control}. What they make is what the library reads; a server
 * would not start on it, since nothing else of a cluster is there. Tests may spoil any byte of it.
 *
 * <pre>{@code
 * MemoryWal wal = new WalBuilder(PostgresVersion.V17, new TimelineId(1), 1 << 20, Lsn.parse("0/1000000"))
 *         .xid(700)
 *         .change(new RelFileLocator(1663, 5, 16384), 0, 7)
 *         .commit(Instant.parse("2026-01-01T00:00:00Z"))
 *         .build();
 * }</pre>
 */
@NullMarked
package org.pgrewind4j.testkit;

import org.jspecify.annotations.NullMarked;
