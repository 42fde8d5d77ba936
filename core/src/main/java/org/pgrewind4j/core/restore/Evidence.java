package org.pgrewind4j.core.restore;

/** What tells which parts of a target are the backup's already. */
public enum Evidence {
    /** The contents of all files. Mends what was damaged behind the server's back as well. */
    CONTENT,
    /**
     * The WAL of both sides since they diverged: of relations' main forks only the blocks are read and written that it names.
     * What was changed behind the server's back stays. Where WAL does not tell, contents do.
     */
    WAL
}
