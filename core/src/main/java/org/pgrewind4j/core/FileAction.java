package org.pgrewind4j.core;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.BackupEntry;

/** What is to be done to one path of the target. Doing it twice is as good as doing it once. */
public sealed interface FileAction {

    /**
     * The path that it is done to.
     *
     * @return a path in the target
     */
    DataPath path();

    /**
     * How many bytes it takes from the source or an archive.
     *
     * @return bytes, zero for actions that copy nothing
     */
    default long bytes() {
        return 0;
    }

    /**
     * Creates a directory.
     *
     * @param path the directory
     */
    record CreateDirectory(DataPath path) implements FileAction {}

    /**
     * Creates a tablespace's symbolic link, and its location where that is missing.
     *
     * @param path the link, {@code pg_tblspc/<oid>}
     * @param location the absolute directory that it points to, after tablespace mapping
     */
    record CreateTablespaceLink(DataPath path, String location) implements FileAction {}

    /**
     * Copies a whole file from the source, in the place of the target's if there is one.
     *
     * @param path the file
     * @param size the source's size in bytes
     */
    record CopyFile(DataPath path, long size) implements FileAction {
        @Override
        public long bytes() {
            return size;
        }
    }

    /**
     * Copies a WAL segment from an archive, because replay needs it and neither side has it any more.
     *
     * @param path the segment
     * @param size its size in bytes
     */
    record RestoreWal(DataPath path, long size) implements FileAction {
        @Override
        public long bytes() {
            return size;
        }
    }

    /**
     * Writes the WAL segment in which a timeline ends: up to there the next timeline's segment repeats it, zeros follow. It
     * is marked as archived, so that nothing ever archives it.
     *
     * @param path the segment
     * @param size its size in bytes
     * @param end where the timeline ends
     */
    record RepeatWal(DataPath path, long size, Lsn end) implements FileAction {}

    /**
     * Copies parts of a relation file from the source and gives the file the source's size.
     *
     * @param path the file
     * @param ranges what to copy: whole blocks, in ascending order, not touching each other
     * @param finalSize the size in bytes that the file then has
     */
    record CopyRanges(DataPath path, List<FileRange> ranges, long finalSize) implements FileAction {
        /**
         * Takes a copy of the list.
         *
         * @param path the file
         * @param ranges what to copy
         * @param finalSize the size that the file then has
         */
        public CopyRanges {
            ranges = List.copyOf(ranges);
        }

        @Override
        public long bytes() {
            return ranges.stream().mapToLong(FileRange::length).sum();
        }
    }

    /**
     * Compares a whole file with the source's, and copies of it what differs. Which part that is shows while it is staged.
     *
     * @param path the file, which the target has
     * @param size the source's size in bytes, which the file then has
     */
    record UpdateFile(DataPath path, long size) implements FileAction {
        @Override
        public long bytes() {
            return size;
        }
    }

    /**
     * Removes what lies at a path, with all that is in it, unless it is of the kind that is needed there. Links are not
     * followed.
     *
     * @param needed what may stay: a file, a directory, or a link to the same place
     */
    record ClearPath(SourceFile needed) implements FileAction {
        @Override
        public DataPath path() {
            return needed.path();
        }
    }

    /**
     * Gives a file or directory its owner, permissions and time.
     *
     * @param path the file or directory
     * @param attributes owner and permissions; the owner is changed by root alone
     * @param modified when it was last modified; empty if that is of no matter
     */
    record SetAttributes(DataPath path, BackupEntry.Attributes attributes, Optional<Instant> modified)
            implements FileAction {}

    /**
     * Writes settings into a configuration file and leaves the others that it holds; creates it where it is missing.
     *
     * @param path the file
     * @param settings the names of what is set; none for a file that is there to be found, and empty
     */
    record WriteConfiguration(DataPath path, List<String> settings) implements FileAction {
        /**
         * Takes a copy of the list.
         *
         * @param path the file
         * @param settings the names of what is set
         */
        public WriteConfiguration {
            settings = List.copyOf(settings);
        }
    }

    /**
     * Shortens a file.
     *
     * @param path the file
     * @param size the size in bytes that it then has
     */
    record Truncate(DataPath path, long size) implements FileAction {}

    /**
     * Removes a file or symbolic link.
     *
     * @param path the file
     */
    record RemoveFile(DataPath path) implements FileAction {}

    /**
     * Removes a directory, after what it held.
     *
     * @param path the directory
     */
    record RemoveDirectory(DataPath path) implements FileAction {}
}
