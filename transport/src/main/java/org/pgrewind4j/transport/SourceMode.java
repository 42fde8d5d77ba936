package org.pgrewind4j.transport;

/** What a source is while it is read. */
public enum SourceMode {
    /** A data directory that nothing changes. */
    STOPPED,
    /** A running primary: files change while they are read, and WAL continues. */
    PRIMARY,
    /** A running standby: as a primary, but its WAL comes from elsewhere. */
    STANDBY
}
