package org.pgrewind4j.core;

import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.VisibleText;

/**
 * A reason why the target cannot be rewound as things are.
 *
 * @param kind what is wrong, for programs
 * @param message what is wrong, where, expected and found, for people
 * @param cure what to do about it
 */
public record Problem(Kind kind, String message, String cure) {

    /**
     * Makes the texts harmless to print.
     *
     * @param kind what is wrong, for programs
     * @param message what is wrong, for people
     * @param cure what to do about it
     */
    public Problem {
        message = VisibleText.ofLines(message);
        cure = VisibleText.ofLines(cure);
    }

    /** What is wrong. New kinds can be added in later releases. */
    public enum Kind {
        /** The clusters do not have the same system identifier. */
        DIFFERENT_SYSTEM,
        /** The clusters are of different releases or catalog versions. */
        DIFFERENT_RELEASE,
        /** Block, segment or WAL segment sizes differ. */
        DIFFERENT_LAYOUT,
        /** The target has neither data checksums nor {@code wal_log_hints}. */
        HINT_BITS_NOT_LOGGED,
        /** The target ran with {@code wal_level = minimal}: its WAL does not name all changed blocks. */
        WAL_LEVEL_MINIMAL,
        /** The source ran with {@code wal_level = minimal} where the target must replay: its WAL does not hold all changes. */
        SOURCE_WAL_LEVEL_MINIMAL,
        /** {@code full_page_writes} is off on the source. */
        FULL_PAGE_WRITES_OFF,
        /** A server runs on the target. */
        TARGET_RUNNING,
        /** The target holds a {@code backup_label} that no finished rewind to this source left. */
        BACKUP_LABEL_PRESENT,
        /** The target was stopped or crashed before it was consistent. */
        TARGET_NOT_CONSISTENT,
        /** A rewind in place was interrupted, and this one would leave blocks as that one left them. */
        INTERRUPTED_IN_PLACE,
        /** A server runs on the local source, or it was not shut down cleanly. */
        SOURCE_NOT_STOPPED,
        /** The source refused something that is needed, or is of a kind that cannot be read. */
        SOURCE_UNUSABLE,
        /** The histories share nothing. */
        NO_COMMON_HISTORY,
        /** The histories look alike, but the WAL at their last common point is not the same. */
        HISTORY_DIFFERS,
        /** It cannot be told whether both have the same history: the WAL that shows it is gone on one side. */
        HISTORY_UNKNOWN,
        /** An earlier rewind, to another branch than the source's, was interrupted after its seal. */
        OTHER_REWIND_INTERRUPTED,
        /** Both have the same history, and the source has less of it than the target. */
        SOURCE_BEHIND,
        /** WAL that the scan of the target needs is gone. */
        WAL_MISSING_FOR_SCAN,
        /** WAL that the replay needs will not be there. */
        WAL_MISSING_FOR_REPLAY,
        /** The target's WAL ends before what its control file proves to exist. */
        WAL_ENDS_EARLY,
        /** A path is a file on one side and a directory or link on the other. */
        FILE_TYPE_DIFFERS,
        /** A symbolic link where PostgreSQL has none. */
        UNEXPECTED_LINK,
        /** The source has a tablespace at a location that the target has none at, and that the caller did not permit. */
        NEW_TABLESPACE_LOCATION,
        /** A tablespace of the source would lie, or be created by replay, in a directory that is in use. */
        TABLESPACE_LOCATION_IN_USE,
        /** Replay creates a tablespace in a directory that is not there. */
        TABLESPACE_LOCATION_MISSING,
        /** Replay puts a tablespace where the source has it, and not where it lies on the target. */
        TABLESPACE_MOVED_BY_REPLAY,
        /** Replay copies the files of a database that are no longer what the source copied. */
        DATABASE_COPY_DIFFERS,
        /** WAL that nobody has here could hold what replay does wrong without a word. */
        WAL_NOT_REHEARSED,
        /** A path that must be written cannot be. */
        UNWRITABLE_PATH,
        /** A file system has not enough room for the staged data. */
        NOT_ENOUGH_DISK,
        /** The target of a restore holds files, and is no data directory. */
        TARGET_NOT_A_CLUSTER,
        /** A recovery setting that the release does not have, or not so. */
        RECOVERY_SETTINGS,
        /** Replay from the backup cannot come to where it is to end. */
        RECOVERY_TARGET_UNREACHABLE,
        /** A tablespace is to be placed that the backup does not have. */
        UNKNOWN_TABLESPACE,
        /** A tablespace is to be placed in two directories. */
        TABLESPACE_MAPPED_TWICE
    }

    /** Prints the message with the cure as its {@code HINT:} line. */
    @Override
    public String toString() {
        return PgRewindException.withHint(message, cure);
    }
}
