package org.pgrewind4j.core.restore;

/** What a restore may replace. */
public enum Replaceable {
    /** An earlier state of the same cluster, what was restored of it in part, and an empty directory. */
    SAME_CLUSTER,
    /** Any cluster, of whatever release. */
    ANY_CLUSTER
}
