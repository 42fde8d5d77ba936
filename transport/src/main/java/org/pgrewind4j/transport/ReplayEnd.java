package org.pgrewind4j.transport;

import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.ControlFile;

/**
 * How far a target must replay before what was copied is consistent: F of the section "F, the end of replay".
 *
 * @param lsn the position up to which the WAL must be replayed, on a record boundary
 * @param timeline the timeline that this position lies on
 * @param controlFile the source's control file, read after the last byte that was fetched
 */
public record ReplayEnd(Lsn lsn, TimelineId timeline, ControlFile controlFile) {}
