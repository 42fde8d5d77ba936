package org.pgrewind4j.core;

import org.pgrewind4j.wal.WalSegmentName;

/**
 * A WAL segment that replay reads, and where it is to come from.
 *
 * @param segment which one
 * @param origin where it is to come from
 */
public record NeededWal(WalSegmentName segment, Origin origin) {

    /** Where a segment is to come from. */
    public enum Origin {
        /** The target has it and keeps it. */
        TARGET,
        /** It is copied from the source. */
        SOURCE,
        /** It is copied from an archive that {@link Rewind#walFrom} names. */
        ARCHIVE,
        /** Nobody has it, and {@link Rewind#restorable} says that the standby gets it by itself. */
        RESTORED_BY_STANDBY,
        /** Nobody has it: the rewind is refused. */
        MISSING
    }
}
