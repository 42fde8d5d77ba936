package org.pgrewind4j.testkit.transport;

/** The calls of a transport that read something from its source, by which tests say where it fails or waits. */
public enum TransportCall {
    /** Asks what the source is. */
    MODE,
    /** Asks what forbids copying from it. */
    PROBLEMS,
    /** Reads the control file. */
    CONTROL_FILE,
    /** Reads a timeline's history. */
    HISTORY,
    /** Lists files. */
    LIST,
    /** Reads a small file. */
    READ,
    /** Reads ranges of files. */
    FETCH,
    /** Compares ranges of files. */
    DIFFERENT,
    /** Asks for the WAL to be kept. */
    RETAIN_WAL,
    /** Asks how far to replay. */
    REPLAY_END
}
