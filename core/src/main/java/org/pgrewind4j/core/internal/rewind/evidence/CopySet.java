package org.pgrewind4j.core.internal.rewind.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.rewind.evidence.TargetScan.Extent;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.RelationFile;
import org.pgrewind4j.wal.record.DirectoryChange.FileCopyDatabase;
import org.pgrewind4j.wal.scan.BlockSet;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/**
 * Which main-fork blocks of relations that both sides have must come from the source.
 *
 * <p>With {@code after} the blocks that a target record at or after the divergence D references, {@code before} those
 * that one in [redo, D) references, and {@code rebuilt} those of {@code before} whose first reference carries a
 * full-page image that replay applies, or initialises the page:
 *
 * <ul>
 *   <li>A block in neither set holds a state from the shared history. Replay treats it as crash recovery treats any
 *       page.
 *   <li>A block in {@code rebuilt} is overwritten whole by replay before any record needs its content
 *       ({@code src/backend/access/transam/xlogutils.c}, {@code XLogReadBufferForRedoExtended}), so what lies on disk
 *       does not matter, not even if it was changed after D.
 *   <li>A block in {@code before} that is not rebuilt contradicts {@code full_page_writes = on}. It is copied and
 *       counted, so nothing is assumed.
 *   <li>Hint bits that no record names exist only on pages that were logged since the redo point
 *       ({@code src/backend/access/transam/xloginsert.c}, {@code XLogSaveBufferForHint}): after D the page is in
 *       {@code after}, before D it is rebuilt. That is why checksums or {@code wal_log_hints} are required. What it
 *       takes for a target whose own redo point was another one: {@link HintBitHorizon}.
 *   <li>Some changes have no record at all. Blocks that are found to have such ones are copied too:
 *       {@link UnloggedPages}.
 *   <li>A relation that was truncated or re-created after D may have been extended again without a record for each
 *       page, so everything from the truncation point on is copied.
 * </ul>
 *
 * <p>Replay of a {@code CREATE DATABASE} by file copy reads the template's files as they lie at that moment, rebuilt
 * later or not, so {@code rebuilt} does not count for a template of such a record in [redo, D).
 */
public final class CopySet {

    private final ChangedBlocks changed;
    private final BlockSet blocks;
    private final BlockSet unexpected;
    private final Set<Long> recreatedDatabases;
    private final BlockSelection selection;
    private final Extent extent;

    private CopySet(
            ChangedBlocks changed,
            BlockSet blocks,
            BlockSet unexpected,
            Set<Long> recreatedDatabases,
            BlockSelection selection,
            Extent extent) {
        this.changed = changed;
        this.blocks = blocks;
        this.unexpected = unexpected;
        this.recreatedDatabases = recreatedDatabases;
        this.selection = selection;
        this.extent = extent;
    }

    public static CopySet of(ChangedBlocks changed, BlockSelection selection, Lsn divergence) {
        return of(changed, selection, divergence, BlockSet.of());
    }

    /**
     * Decides on a scan's result.
     *
     * @param unlogged blocks that no record names
     */
    public static CopySet of(TargetScan scan, BlockSelection wanted, Lsn divergence, BlockSet unlogged) {
        if (scan.isOfContents()) {
            return new CopySet(scan.changed(), BlockSet.of(), BlockSet.of(), Set.of(), wanted, scan.extent());
        }
        if (scan.complete()) {
            return of(scan.changed(), wanted, divergence, unlogged);
        }
        // What is not known to be rebuilt is not missing an image for that, and any relation may have been touched.
        ChangedBlocks changed = scan.changed();
        return new CopySet(
                changed,
                changed.before().union(changed.after()).union(unlogged),
                BlockSet.of(),
                recreated(changed, divergence),
                BlockSelection.SINCE_CHECKPOINT,
                scan.extent());
    }

    private static CopySet of(ChangedBlocks changed, BlockSelection selection, Lsn divergence, BlockSet unlogged) {
        BlockSet unexpected = changed.before().minus(changed.rebuilt());
        Set<Long> recreated = recreated(changed, divergence);
        BlockSet all = changed.before().union(changed.after()).union(unlogged);
        if (selection == BlockSelection.SINCE_CHECKPOINT) {
            return new CopySet(changed, all, unexpected, recreated, selection, Extent.WHOLE);
        }
        BlockSet minimal =
                changed.after().minus(changed.rebuilt()).union(unexpected).union(unlogged);
        Predicate<RelFileLocator> template = inTemplate(changed.fileCopyDatabases(), divergence);
        return new CopySet(
                changed, minimal.union(all.filter(template)), unexpected, recreated, selection, Extent.WHOLE);
    }

    private static Set<Long> recreated(ChangedBlocks changed, Lsn divergence) {
        return changed.fileCopyDatabases().stream()
                .filter(creation -> !creation.lsn().isBefore(divergence))
                .map(creation -> directoryKey(creation.tablespace(), creation.database()))
                .collect(Collectors.toSet());
    }

    private static Predicate<RelFileLocator> inTemplate(List<FileCopyDatabase> creations, Lsn divergence) {
        Set<Long> templates = creations.stream()
                .filter(creation -> creation.lsn().isBefore(divergence))
                .map(creation -> directoryKey(creation.templateTablespace(), creation.templateDatabase()))
                .collect(Collectors.toSet());
        return relation -> templates.contains(directoryKey(relation.tablespace(), relation.database()));
    }

    private static long directoryKey(int tablespace, int database) {
        return (long) tablespace << 32 | Integer.toUnsignedLong(database);
    }

    /** Whether nothing is known of what the target changed, so that contents tell. */
    public boolean isOfContents() {
        return extent == Extent.NOTHING;
    }

    /** Blocks that were copied only because full-page images were missing. */
    public long unexpectedBlocks() {
        return unexpected.size();
    }

    long size() {
        return blocks.size();
    }

    /** The rule by which blocks were chosen. */
    public BlockSelection selection() {
        return selection;
    }

    /** Whether any record in [redo, end of WAL) concerns the relation, so that its fsm and vm may have changed. */
    public boolean touches(RelFileLocator relation) {
        return extent != Extent.WHOLE || changed.touchedRelations().contains(relation) || isRecreated(relation);
    }

    /** Whether the database's directory was made by file copy after the divergence: no record names its blocks. */
    public boolean isRecreated(RelFileLocator relation) {
        return recreatedDatabases.contains(directoryKey(relation.tablespace(), relation.database()));
    }

    /**
     * What to copy of a main fork's segment file.
     *
     * @param path the file
     * @param file what the path says
     * @param length the length in bytes up to which blocks count: what both sides have
     * @return ranges of bytes within {@code length}, ascending, not touching each other
     */
    public List<FileRange> ranges(DataPath path, RelationFile file, long length, RelationGeometry geometry) {
        long first = file.firstBlock(geometry.segmentBlocks());
        long end = first + length / geometry.blockSize();
        long rest = Math.min(end, changed.truncatedAfter(file.relation()).orElse(end));
        List<FileRange> ranges = new ArrayList<>();
        blocks.forEachRange(file.relation(), (from, to) -> {
            long begin = Math.max(from, first);
            long stop = Math.min(to, rest);
            if (begin < stop) {
                long offset = (begin - first) * geometry.blockSize();
                ranges.add(new FileRange(path, offset, (stop - begin) * geometry.blockSize()));
            }
        });
        if (rest < end) {
            long offset = (Math.max(rest, first) - first) * geometry.blockSize();
            new FileRange(path, offset, (end - first) * geometry.blockSize() - offset).appendTo(ranges);
        }
        return ranges;
    }
}
