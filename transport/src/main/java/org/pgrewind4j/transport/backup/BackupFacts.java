package org.pgrewind4j.transport.backup;

import java.time.Instant;
import java.util.List;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;

/**
 * What a backup says of itself.
 *
 * @param label its name
 * @param type how much of it is stored in itself
 * @param references the labels of the backups that hold the rest, the oldest first, without its own
 * @param version the release of the server
 * @param systemIdentifier the cluster's, as an unsigned number
 * @param start the redo point of the checkpoint that the backup began with: replay starts here
 * @param stop where replay must arrive
 * @param timeline the one that the start lies on
 * @param stopTimeline the one that the stop lies on: another one if a standby was backed up whose primary changed
 * @param startTime when it was begun
 * @param stopTime when it was complete
 * @param isOnline whether the server worked meanwhile; else there is nothing to replay, and start and stop are
 *     {@link Lsn#INVALID} where the backup does not tell
 * @param dataDirectory owner and permissions of the data directory itself
 * @param tablespaces the tablespaces in it
 * @param databases the databases in it; empty where the backup does not tell
 */
public record BackupFacts(
        String label,
        BackupType type,
        List<String> references,
        PostgresVersion version,
        long systemIdentifier,
        Lsn start,
        Lsn stop,
        TimelineId timeline,
        TimelineId stopTimeline,
        Instant startTime,
        Instant stopTime,
        boolean isOnline,
        BackupEntry.Attributes dataDirectory,
        List<Tablespace> tablespaces,
        List<Database> databases) {

    /** How much of a backup is stored in itself. */
    public enum BackupType {
        /** All. */
        FULL,
        /** What differs from a full one. */
        DIFFERENTIAL,
        /** What differs from the one before it. */
        INCREMENTAL
    }

    /**
     * A tablespace.
     *
     * @param oid its OID, as an unsigned number
     * @param name its name; the OID in digits where the backup does not tell
     * @param location the absolute directory that it lay in
     */
    public record Tablespace(long oid, String name, String location) {}

    /**
     * A database.
     *
     * @param oid its OID, as an unsigned number
     * @param name its name
     * @param isSystem whether it is one of those that {@code initdb} makes and that are restored in any case
     */
    public record Database(long oid, String name, boolean isSystem) {}

    /**
     * Takes copies of the lists.
     *
     * @param label its name
     * @param type how much of it is stored in itself
     * @param references the labels of the backups that hold the rest
     * @param version the release of the server
     * @param systemIdentifier the cluster's
     * @param start where replay starts
     * @param stop where replay must arrive
     * @param timeline the one that the start lies on
     * @param stopTimeline the one that the stop lies on: another one if a standby was backed up whose primary changed
     * @param startTime when it was begun
     * @param stopTime when it was complete
     * @param isOnline whether the server worked meanwhile
     * @param dataDirectory owner and permissions of the data directory itself
     * @param tablespaces the tablespaces in it
     * @param databases the databases in it
     */
    public BackupFacts {
        references = List.copyOf(references);
        tablespaces = List.copyOf(tablespaces);
        databases = List.copyOf(databases);
    }
}
