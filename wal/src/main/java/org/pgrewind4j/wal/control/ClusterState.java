package org.pgrewind4j.wal.control;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a cluster's server was doing when it last wrote the control file (PostgreSQL:
 * {@code src/include/catalog/pg_control.h}, {@code DBState}).
 */
public enum ClusterState {
    /** The bootstrap of a new cluster: no complete cluster yet. */
    STARTUP(0, "starting up"),
    /** Stopped cleanly, as a primary. */
    SHUT_DOWN(1, "shut down"),
    /** Stopped cleanly, as a standby. */
    SHUT_DOWN_IN_RECOVERY(2, "shut down in recovery"),
    /** Writing the last checkpoint, or crashed while doing so. */
    SHUTTING_DOWN(3, "shutting down"),
    /** Replaying WAL after a crash, or crashed again while doing so. */
    IN_CRASH_RECOVERY(4, "in crash recovery"),
    /** A standby, or replaying a backup, or crashed while doing so. */
    IN_ARCHIVE_RECOVERY(5, "in archive recovery"),
    /** A primary that runs, or crashed. */
    IN_PRODUCTION(6, "in production");

    private final int number;
    private final String description;

    ClusterState(int number, String description) {
        this.number = number;
        this.description = description;
    }

    static Optional<ClusterState> ofNumber(int number) {
        return Arrays.stream(values()).filter(state -> state.number == number).findFirst();
    }

    /** The state as a number in the control file. */
    int number() {
        return number;
    }

    /**
     * The state as {@code pg_controldata} prints it.
     *
     * @return such as {@code shut down in recovery}
     */
    public String description() {
        return description;
    }

    /**
     * Whether the server ended by itself, so that everything it changed is on disk.
     *
     * @return true for {@link #SHUT_DOWN} and {@link #SHUT_DOWN_IN_RECOVERY}
     */
    public boolean isCleanlyStopped() {
        return this == SHUT_DOWN || this == SHUT_DOWN_IN_RECOVERY;
    }
}
