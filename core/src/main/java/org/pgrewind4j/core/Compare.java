package org.pgrewind4j.core;

/**
 * When the contents of both sides are compared instead of reading what the target's WAL says. It finds what differs
 * without any evidence of how it came to differ, and its price is that both data directories are read whole.
 */
public enum Compare {
    /**
     * Never: where evidence is gone the rewind is refused. The default. To read all of the source right after a failover
     * is a load that its users feel, and takes as long as the cluster is large: that is for the caller to decide, and a
     * refusal has lost nothing.
     */
    NEVER,
    /** Where a rewind would be refused for want of evidence, and for nothing else. */
    NEEDED,
    /** Instead of any rewind, and where none would be needed. */
    ALWAYS
}
