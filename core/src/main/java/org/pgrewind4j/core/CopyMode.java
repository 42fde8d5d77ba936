package org.pgrewind4j.core;

/** Where the blocks go that take the place of blocks the target has. */
public enum CopyMode {
    /**
     * They are staged, as everything else is, and put in place when all is sealed: until then the target is untouched,
     * and from then on the source is not needed. The default.
     */
    STAGED,
    /**
     * They are written in place as they come, which takes no room and writes them once. No server starts on the target
     * from the first of them on; what is interrupted before the seal needs a source to rewind to again, of the same
     * history, and the target's own WAL, which stays as it is until then.
     */
    IN_PLACE
}
