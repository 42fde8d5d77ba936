package org.pgrewind4j.core.restore;

/** What the plan of a restore found. */
public enum RestoreVerdict {
    /** The backup can be restored. */
    RESTORE,
    /** An earlier restore of this backup was interrupted after its seal; executing finishes it, without the backup. */
    RESUME,
    /** Something forbids the restore: see {@link RestorePlan#problems()}. */
    REFUSED
}
