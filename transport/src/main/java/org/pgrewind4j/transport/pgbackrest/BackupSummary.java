package org.pgrewind4j.transport.pgbackrest;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.backup.BackupFacts.BackupType;

/**
 * A backup as the stanza's catalogue lists it. Sizes are in bytes.
 *
 * @param label its name
 * @param type how much of it is stored in itself
 * @param databaseId the number of the cluster's history in the stanza that it belongs to
 * @param startTime when it was begun
 * @param stopTime when it was complete
 * @param start where replay starts; empty for one of a stopped server, and where old releases did not tell
 * @param stop where replay must arrive; empty as the start is
 * @param prior the backup that it builds on; empty for a full one
 * @param references the backups that hold what it does not hold itself
 * @param size of the cluster when it was made
 * @param sizeDelta how much of that was copied
 * @param repositorySize of all that it needs in the repository; empty where it is not told, as for block incremental backups
 *     of some releases
 * @param repositorySizeDelta how much of that is its own
 * @param hasErrors whether pages with wrong checksums were found while it was made; empty before 2.36
 * @param isOnline whether the server worked meanwhile
 * @param annotations what its owner noted
 */
public record BackupSummary(
        String label,
        BackupType type,
        long databaseId,
        Instant startTime,
        Instant stopTime,
        Optional<Lsn> start,
        Optional<Lsn> stop,
        Optional<String> prior,
        List<String> references,
        long size,
        long sizeDelta,
        Optional<Long> repositorySize,
        long repositorySizeDelta,
        Optional<Boolean> hasErrors,
        boolean isOnline,
        Map<String, String> annotations) {

    /**
     * Takes copies of the lists.
     *
     * @param label its name
     * @param type how much of it is stored in itself
     * @param databaseId the number of the cluster's history in the stanza
     * @param startTime when it was begun
     * @param stopTime when it was complete
     * @param start where replay starts
     * @param stop where replay must arrive
     * @param prior the backup that it builds on
     * @param references the backups that hold what it does not hold itself
     * @param size of the cluster when it was made
     * @param sizeDelta how much of that was copied
     * @param repositorySize of all that it needs in the repository
     * @param repositorySizeDelta how much of that is its own
     * @param hasErrors whether pages with wrong checksums were found
     * @param isOnline whether the server worked meanwhile
     * @param annotations what its owner noted
     */
    public BackupSummary {
        references = List.copyOf(references);
        annotations = Map.copyOf(annotations);
    }
}
