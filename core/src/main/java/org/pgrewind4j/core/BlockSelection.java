package org.pgrewind4j.core;

/** Which blocks of relations that both sides have are copied from the source. */
public enum BlockSelection {
    /**
     * The blocks that a record of the abandoned branch references, less those that replay overwrites whole before it
     * needs their content. The default: what is copied grows with the divergence.
     */
    MINIMAL,
    /**
     * Every block that a record from the redo start to the target's end of WAL references, as {@code pg_rewind} copies
     * them. What is copied grows with the WAL since the last shared checkpoint.
     */
    SINCE_CHECKPOINT
}
