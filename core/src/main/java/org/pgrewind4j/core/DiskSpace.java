package org.pgrewind4j.core;

import java.nio.file.Path;

/**
 * What a rewind takes of a file system that the target lies on, at the most, until it is done.
 *
 * @param path a directory on that file system
 * @param needed bytes for what is staged there, for files that grow, and some in reserve
 * @param free bytes that were free there for the planning process
 */
public record DiskSpace(Path path, long needed, long free) {

    /**
     * Whether it is enough.
     *
     * @return true if no more is needed than is free
     */
    public boolean suffices() {
        return needed <= free;
    }
}
