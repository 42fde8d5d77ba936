/**
 * Transports for tests of what uses one: of files in memory, one that fails at a call or after so many bytes, and one that
 * takes its time. They keep the contract of {@link org.pgrewind4j.transport.Transport} but for what they are there to break.
 *
 * <pre>{@code
 * Transport source = MemoryTransport.of(ControlFileBuilder.of(PostgresVersion.V17).build())
 *         .file("base/1/1259", new byte[8192]);
 * Transport failing = FailingTransport.of(source).afterBytes(4096);
 * Transport slow = SlowTransport.of(source, Duration.ofMillis(50));
 * }</pre>
 */
@NullMarked
package org.pgrewind4j.testkit.transport;

import org.jspecify.annotations.NullMarked;
