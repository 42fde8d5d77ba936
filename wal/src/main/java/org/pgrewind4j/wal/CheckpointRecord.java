package org.pgrewind4j.wal;

import org.pgrewind4j.timeline.Lsn;

/**
 * A checkpoint as a WAL record (resource manager XLOG, type CHECKPOINT_SHUTDOWN or CHECKPOINT_ONLINE).
 *
 * @param begin where the record begins, the position that a control file or a backup label names
 * @param end where the record ends, rounded up to the next record's alignment
 * @param shutdown whether it is a CHECKPOINT_SHUTDOWN, whose redo pointer is the record itself
 * @param checkPoint what the record says
 */
public record CheckpointRecord(Lsn begin, Lsn end, boolean shutdown, CheckPoint checkPoint) {}
