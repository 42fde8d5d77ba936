/**
 * Plans and executes a rewind: {@link org.pgrewind4j.core.Rewind} is the way in.
 *
 * <p>The main path is collect, decide, stage, seal, apply. Everything up to the seal leaves the target as it was;
 * everything after it needs the source no longer.
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
