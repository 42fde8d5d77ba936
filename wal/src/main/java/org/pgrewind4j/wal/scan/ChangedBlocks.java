package org.pgrewind4j.wal.scan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.record.CheckpointRecord;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.DirectoryChange.FileCopyDatabase;
import org.pgrewind4j.wal.record.ParameterChange;
import org.pgrewind4j.wal.record.ResourceManager;

/**
 * What a {@link ChangedBlockCollector} found in the WAL from the redo start R over the divergence D to the end E. All
 * collections are immutable.
 *
 * <p>A record belongs to the side of D on which it begins. A block that is named by both sides is in both sets.
 *
 * @param after the main-fork blocks that a record at or after D references
 * @param before the main-fork blocks that a record in [R, D) references
 * @param rebuilt those of {@code before} whose first reference carries a full-page image that replay applies, or says
 *     that replay initialises the page: whatever lies on disk, replay from R overwrites it before it needs it
 * @param touchedRelations the relations whose files a record in [R, E] says anything of: a reference to any block of
 *     any fork, a truncation, a creation. A drop is not among them
 * @param truncations the relations whose main fork a record at or after D cut or re-created, and the least length in
 *     blocks that was left of it: what lies behind may have come back without a record for each block
 * @param directoryChanges the records in [R, E] on databases and tablespaces as a whole, in the order of WAL
 * @param customManagers the resource managers of extensions that have records in [R, E], each with its first one; in
 *     the order of their numbers
 * @param checkpoints the checkpoint records in [R, E], in the order of WAL
 * @param parameterChanges the starts of a server with other parameters in [R, E], in the order of WAL
 * @param hintImages where hint bits were logged: the first record for one in [R, E], and the first one behind each
 *     parameter change and each shutdown checkpoint, in the order of WAL
 * @param fullPageWritesOff the records in [R, E] that say that {@code full_page_writes} was switched off, in the order
 *     of WAL
 * @param end where and why reading ended
 * @param records how many records were read
 * @param bytes how much WAL was read: from R to the end
 */
public record ChangedBlocks(
        BlockSet after,
        BlockSet before,
        BlockSet rebuilt,
        Set<RelFileLocator> touchedRelations,
        Map<RelFileLocator, Long> truncations,
        List<DirectoryChange> directoryChanges,
        Map<ResourceManager, Lsn> customManagers,
        List<CheckpointRecord> checkpoints,
        List<ParameterChange> parameterChanges,
        List<Lsn> hintImages,
        List<Lsn> fullPageWritesOff,
        EndOfWal end,
        long records,
        long bytes) {

    /**
     * Takes immutable copies.
     *
     * @param after blocks referenced at or after D
     * @param before blocks referenced in [R, D)
     * @param rebuilt the blocks of {@code before} that replay overwrites whole
     * @param touchedRelations relations named in [R, E]
     * @param truncations least lengths in blocks of main forks that were cut at or after D
     * @param directoryChanges records on databases and tablespaces
     * @param customManagers resource managers of extensions, each with its first record
     * @param checkpoints checkpoint records
     * @param parameterChanges starts of a server with other parameters
     * @param hintImages where hint bits were logged, once for each time between two changes
     * @param fullPageWritesOff where {@code full_page_writes} was switched off
     * @param end where and why reading ended
     * @param records how many records were read
     * @param bytes how much WAL was read
     */
    public ChangedBlocks {
        touchedRelations = Collections.unmodifiableSet(new LinkedHashSet<>(touchedRelations));
        truncations = Collections.unmodifiableSortedMap(new TreeMap<>(truncations));
        directoryChanges = List.copyOf(directoryChanges);
        customManagers = Collections.unmodifiableMap(new LinkedHashMap<>(customManagers));
        checkpoints = List.copyOf(checkpoints);
        parameterChanges = List.copyOf(parameterChanges);
        hintImages = List.copyOf(hintImages);
        fullPageWritesOff = List.copyOf(fullPageWritesOff);
    }

    /**
     * The last valid record.
     *
     * @return where it begins; {@link Lsn#INVALID} if no record was read
     */
    public Lsn lastRecord() {
        return end.lastRecordBegin();
    }

    /**
     * The databases that records in [R, E] create by copying files.
     *
     * @return those of {@code directoryChanges}, in the order of WAL
     */
    public List<FileCopyDatabase> fileCopyDatabases() {
        return directoryChanges.stream()
                .filter(FileCopyDatabase.class::isInstance)
                .map(FileCopyDatabase.class::cast)
                .toList();
    }

    /**
     * Whether a relation's main fork was cut, or re-created, at or after D.
     *
     * @param relation the relation
     * @return the least length in blocks that was left of it, 0 if it was re-created; empty if it was not cut
     */
    public OptionalLong truncatedAfter(RelFileLocator relation) {
        Long length = truncations.get(relation);
        return length == null ? OptionalLong.empty() : OptionalLong.of(length);
    }
}
