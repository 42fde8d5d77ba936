package org.pgrewind4j.core;

/** What is proven of a rewound target before a server can start on it. */
public enum Verify {
    /** Nothing more than that everything was written without an error. The default. */
    NOTHING,
    /**
     * The result: all that was applied is read back and held against what was sealed, pages against their checksums where
     * the cluster has them, and the WAL is read from the redo point to the end of replay. What differs leaves a target
     * that does not start: see {@link VerificationException}.
     *
     * <p>What was just written is mostly read from the operating system's memory. So this finds what went wrong on the
     * way, and not a disk that will lose it later.
     */
    RESULT
}
