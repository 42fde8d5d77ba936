package org.pgrewind4j.core;

import static java.util.Objects.requireNonNull;

import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.timeline.VisibleText;
import org.pgrewind4j.transport.local.DataDirectoryException;

/**
 * A reason why the target cannot be rewound as things are.
 *
 * @param kind what is wrong, for programs
 * @param side whose fault it is
 * @param place the path or other object that it is about; empty if it is about the side as a whole
 * @param message what is wrong, where, expected and found, for people
 * @param cure what to do about it
 */
public record Problem(Kind kind, Side side, String place, String message, String cure) {

    /**
     * Makes the texts harmless to print.
     *
     * @param kind what is wrong, for programs
     * @param side whose fault it is
     * @param place the path or other object that it is about; empty if it is about the side as a whole
     * @param message what is wrong, for people
     * @param cure what to do about it
     */
    public Problem {
        requireNonNull(kind, "kind");
        requireNonNull(side, "side");
        place = VisibleText.ofLines(place);
        message = VisibleText.ofLines(message);
        cure = VisibleText.ofLines(cure);
    }

    /**
     * Creates a problem of a side as a whole, which its kind tells.
     *
     * @param kind what is wrong, for programs
     * @param message what is wrong, for people
     * @param cure what to do about it
     */
    public Problem(Kind kind, String message, String cure) {
        this(kind, sideOf(kind), "", message, cure);
    }

    /**
     * What is wrong with a path that is no data directory.
     *
     * @param none why it is none
     * @return the problem of the side whose directory it ought to be
     */
    public static Problem of(DataDirectoryException none) {
        Kind kind = switch (none.reason()) {
            case UNREADABLE -> Kind.UNREADABLE;
            case MISSING -> Kind.TARGET_MISSING;
            case NOT_A_DIRECTORY, NOT_A_CLUSTER -> Kind.TARGET_NOT_A_CLUSTER;
        };
        boolean isUnusable = none.side() == Side.SOURCE && kind != Kind.UNREADABLE;
        return new Problem(
                isUnusable ? Kind.SOURCE_UNUSABLE : kind, none.side(), none.getFile(), none.problem(), none.cure());
    }

    private static Side sideOf(Kind kind) {
        return switch (kind) {
            case SOURCE_WAL_LEVEL_MINIMAL,
                    FULL_PAGE_WRITES_OFF,
                    SOURCE_NOT_STOPPED,
                    SOURCE_UNUSABLE,
                    SOURCE_CHANGED,
                    SOURCE_BEHIND,
                    WAL_MISSING_FOR_REPLAY,
                    WAL_NOT_REHEARSED,
                    DATABASE_COPY_DIFFERS,
                    RECOVERY_TARGET_UNREACHABLE,
                    UNKNOWN_TABLESPACE -> Side.SOURCE;
            case DIFFERENT_SYSTEM,
                    DIFFERENT_RELEASE,
                    DIFFERENT_LAYOUT,
                    NO_COMMON_HISTORY,
                    HISTORY_DIFFERS,
                    HISTORY_UNKNOWN,
                    FILE_TYPE_DIFFERS,
                    SAME_DIRECTORY -> Side.BOTH;
            default -> Side.TARGET;
        };
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
        /** WAL cannot tell what changed, for the reason that is named: a server or a backup of a kind for which it does not. */
        EVIDENCE_INCOMPLETE,
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
        /** A rewind is to be undone, and the target is not what the rewind left. */
        NOT_AS_REWOUND,
        /** A path that must be written cannot be. */
        UNWRITABLE_PATH,
        /** A file system has not enough room for the staged data. */
        NOT_ENOUGH_DISK,
        /** The target is a file, or a directory that is no data directory. */
        TARGET_NOT_A_CLUSTER,
        /** A recovery setting that the release does not have, or not so. */
        RECOVERY_SETTINGS,
        /** Replay from the backup cannot come to where it is to end. */
        RECOVERY_TARGET_UNREACHABLE,
        /** A tablespace is to be placed that the backup does not have. */
        UNKNOWN_TABLESPACE,
        /** A tablespace is to be placed in two directories. */
        TABLESPACE_MAPPED_TWICE,
        /** There is nothing at the target's path. */
        TARGET_MISSING,
        /** A file or directory cannot be read, or may not be. */
        UNREADABLE,
        /** A control file is damaged, or is none. */
        CONTROL_FILE_DAMAGED,
        /** A control file is of a release of PostgreSQL, or of a machine, that the library does not know. */
        UNSUPPORTED_RELEASE,
        /** A timeline's history file holds what no server writes. */
        HISTORY_DAMAGED,
        /** Target and source are the same directory. */
        SAME_DIRECTORY,
        /** Another rewind or restore of the target is at work. */
        REWIND_AT_WORK,
        /** The target is no longer what it was when the plan was made: a server was started on it. */
        TARGET_CHANGED,
        /** The plan was executed before. */
        PLAN_EXECUTED,
        /** What an earlier execution staged is damaged, of another version of the library, or not its own. */
        STAGING_DAMAGED,
        /** The source changed while it was copied, so that the copy is no state of it. */
        SOURCE_CHANGED,
        /** What was read back of the result is not what it ought to be. */
        VERIFICATION_FAILED
    }

    /** Prints the message with the cure as its {@code HINT:} line. */
    @Override
    public String toString() {
        return PgRewindException.withHint(message, cure);
    }
}
