package org.pgrewind4j.transport.backup;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;

/**
 * What the {@code backup_manifest} of a base backup says, from release 13 on (PostgreSQL:
 * {@code src/backend/backup/backup_manifest.c}).
 *
 * @param systemIdentifier the cluster's, as an unsigned number; from version 2 of the format on, that is release 17
 * @param files what each file was when it was copied, by its path; no file of {@code pg_wal} is among them
 * @param walRanges the WAL that makes the backup consistent, the newest timeline first
 */
record BackupManifest(Optional<Long> systemIdentifier, Map<DataPath, Content> files, List<WalRange> walRanges) {

    BackupManifest {
        walRanges = List.copyOf(walRanges);
    }

    /**
     * A file as it was copied.
     *
     * @param size its length in bytes
     * @param checksum of its content; empty if the backup was made without
     */
    record Content(long size, Optional<Checksum> checksum) {}

    /** A stretch of WAL on one timeline. */
    record WalRange(TimelineId timeline, Lsn start, Lsn end) {}

    /** Whether this is the manifest of the backup that starts there. */
    boolean isOf(StartOfBackup start) {
        return oldest().start().equals(start.redo()) && oldest().timeline().equals(start.timeline());
    }

    /** The range that starts where the backup does. */
    WalRange oldest() {
        return walRanges.get(walRanges.size() - 1);
    }

    /** The range that ends where the backup does. */
    WalRange newest() {
        return walRanges.get(0);
    }
}
