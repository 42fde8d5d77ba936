package org.pgrewind4j.timeline;

/** Which of the two clusters of a rewind something is about. */
public enum Side {
    /** The data directory that is to be brought in line. */
    TARGET,
    /** The cluster that it is to follow. */
    SOURCE,
    /** Both, or what they have to do with each other. */
    BOTH
}
