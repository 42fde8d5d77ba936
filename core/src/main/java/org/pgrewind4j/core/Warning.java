package org.pgrewind4j.core;

import org.pgrewind4j.timeline.PgRewindException;

/**
 * What does not forbid the rewind, but keeps the server from starting on its result, or from following, unless somebody
 * sees to it. The result itself is right.
 *
 * @param kind what it is, for programs
 * @param message what was found, and where, for people
 * @param advice what to do about it
 */
public record Warning(Kind kind, String message, String advice) {

    /** What it is. New kinds can be added in later releases. */
    public enum Kind {
        /** The configuration sets a recovery target, at which a standby stops. */
        RECOVERY_TARGET_SET,
        /** Replay needs parameters that are greater than those that are set. */
        PARAMETER_TOO_LOW,
        /** Replay needs an extension with a resource manager of its own. */
        RESOURCE_MANAGER_NEEDED,
        /** An archive has the history of the abandoned branch, which a standby would follow. */
        ABANDONED_TIMELINE_ARCHIVED,
        /** WAL that the standby gets by itself could not be looked at. */
        WAL_NOT_REHEARSED
    }

    /** Prints the message with the advice as its {@code HINT:} line. */
    @Override
    public String toString() {
        return PgRewindException.withHint(message, advice);
    }
}
