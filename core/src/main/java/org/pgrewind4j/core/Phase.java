package org.pgrewind4j.core;

/** The steps of a rewind, in their order. */
public enum Phase {
    /** Both clusters are examined: control files, histories, files. */
    COLLECT,
    /** The target's WAL is read. */
    SCAN,
    /** What to do with each file is decided. */
    DECIDE,
    /** What the plan needs is fetched from the source into the staging area. */
    STAGE,
    /** The staged data is completed and made durable; from its end on the source is not needed. */
    SEAL,
    /** The target is changed. */
    APPLY,
    /** The result is read back, if {@link Verify} asks for it, before a server can start on it. */
    VERIFY
}
