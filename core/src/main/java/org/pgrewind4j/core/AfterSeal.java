package org.pgrewind4j.core;

/** What a {@link Cancellation} does to an execution that is sealed already, and so can be finished without the source. */
public enum AfterSeal {
    /** Nothing: it is finished, which takes no longer than to write what is staged. The default. */
    FINISH,
    /** It stops: no server starts on the target until {@link Rewind#resume} has finished it. */
    STOP
}
