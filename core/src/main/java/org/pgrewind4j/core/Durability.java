package org.pgrewind4j.core;

/** Whether what is written is forced to the disk. */
public enum Durability {
    /** Everything that is written, and the directories that name it, once each. The default. */
    SYNC,
    /**
     * Nothing is forced. Faster where syncing is slow, and the promise about kills then holds for killed processes only:
     * after a crash of the operating system the target may be lost.
     */
    NO_SYNC
}
