package org.pgrewind4j.testserver;

/** How a server is asked to stop (PostgreSQL's {@code pg_ctl stop -m}). */
public enum StopMode {
    /** Waits until all clients have left, then ends with a checkpoint. */
    SMART("TERM"),
    /** Disconnects the clients, then ends with a checkpoint. */
    FAST("INT"),
    /** Ends at once without a checkpoint: the next start replays WAL, as after a crash. */
    IMMEDIATE("QUIT");

    private final String signal;

    StopMode(String signal) {
        this.signal = signal;
    }

    String signal() {
        return signal;
    }
}
