/**
 * Plans and executes a rewind: {@link org.pgrewind4j.core.Rewind} is the way in.
 *
 * <p>The main path is collect, decide, stage, seal, apply. Everything up to the seal leaves the target as it was;
 * everything after it needs the source no longer.
 *
 * <h2>Failures</h2>
 *
 * <p>What forbids a rewind is a {@link org.pgrewind4j.core.Problem} of the plan: kind, side, place, message and cure, all at
 * once. What fails otherwise is an exception:
 *
 * <table>
 * <caption>Exceptions, and what they tell</caption>
 * <tr><th>exception</th><th>thrown by</th><th>tells</th></tr>
 * <tr><td>{@link org.pgrewind4j.core.ProblemException}</td><td>planning, looking at a target</td>
 *     <td>the problem; nothing was changed</td></tr>
 * <tr><td>{@link org.pgrewind4j.core.RewindRefusedException}</td><td>executing a plan that refuses</td>
 *     <td>the plan's problems; nothing was changed</td></tr>
 * <tr><td>{@link org.pgrewind4j.core.RewindException}</td><td>executing and resuming</td>
 *     <td>in what state the target is, and the problem</td></tr>
 * <tr><td>{@link org.pgrewind4j.core.RewindCancelledException}</td><td>all of them, when cancelled</td>
 *     <td>in what state the target is</td></tr>
 * <tr><td>{@link org.pgrewind4j.core.VerificationException}</td><td>executing and resuming</td>
 *     <td>what differs, and where</td></tr>
 * </table>
 *
 * <p>All of these are {@link org.pgrewind4j.timeline.PgRewindException}s, as are those of the formats, which say where bytes are
 * not what they have to be: {@link org.pgrewind4j.wal.WalCorruptException} and the others of its package,
 * {@link org.pgrewind4j.wal.control.ControlFileException}, {@link org.pgrewind4j.timeline.MalformedHistoryException}. Opening a
 * source fails with an {@link java.io.IOException}: {@link org.pgrewind4j.transport.local.DataDirectoryException} with side, path
 * and cure, {@link org.pgrewind4j.transport.live.LiveServerException} with PostgreSQL's error code. Once a rewind is at work, such
 * an exception is the cause of one of the above. A null where none may be is a {@link NullPointerException} at once.
 *
 * <h2>Events</h2>
 *
 * <p>Java Flight Recorder is told of the phases and the large operations, in the category {@code pgrewind4j}; of what was
 * under way when the first recording of a JVM was begun, it is not:
 *
 * <table>
 * <caption>Events, each with its duration</caption>
 * <tr><th>name</th><th>what</th><th>fields</th><th>recorded from</th></tr>
 * <tr><td>{@code org.pgrewind4j.Phase}</td><td>a phase</td><td>{@code phase}, {@code bytes}</td><td>0</td></tr>
 * <tr><td>{@code org.pgrewind4j.WalSegment}</td><td>a WAL segment, while it is open to be read</td>
 *     <td>{@code segment}, {@code bytes}</td><td>0</td></tr>
 * <tr><td>{@code org.pgrewind4j.Fetch}</td><td>a request to the source for any number of files and parts of files</td>
 *     <td>{@code ranges}, {@code bytes}</td><td>0</td></tr>
 * <tr><td>{@code org.pgrewind4j.Apply}</td><td>the change of one path of the target, until it is written</td>
 *     <td>{@code path}, {@code bytes}</td><td>1 ms</td></tr>
 * <tr><td>{@code org.pgrewind4j.Sync}</td><td>a file or directory that is forced to the disk</td><td>{@code path}</td>
 *     <td>10 ms</td></tr>
 * </table>
 */
@NullMarked
package org.pgrewind4j.core;

import org.jspecify.annotations.NullMarked;
