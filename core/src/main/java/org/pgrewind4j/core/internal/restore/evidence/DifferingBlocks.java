package org.pgrewind4j.core.internal.restore.evidence;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.RelationFile;
import org.pgrewind4j.wal.record.DirectoryChange.FileCopyDatabase;
import org.pgrewind4j.wal.scan.BlockSet;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/**
 * Which main-fork blocks of files that both sides have can differ between a target and a backup, as far as WAL tells. Pure.
 *
 * <p>Each block that a record of any scan names, on whichever side of its divergence, is among them. So is all of a
 * relation from the least length on to which a record cut it: what came back behind it may have come without a record.
 * What WAL does not tell of is left to the contents: relations with an init fork on the target, whose main forks are
 * written without records, and databases whose directories were made by copying files.
 */
public final class DifferingBlocks {

    private record Directory(int tablespace, int database) {}

    private final RelationGeometry geometry;
    private final BlockSet blocks;
    private final Map<RelFileLocator, Long> cuts;
    private final Set<Directory> copied;
    private final Set<RelFileLocator> unlogged;

    private DifferingBlocks(
            RelationGeometry geometry,
            BlockSet blocks,
            Map<RelFileLocator, Long> cuts,
            Set<Directory> copied,
            Set<RelFileLocator> unlogged) {
        this.geometry = geometry;
        this.blocks = blocks;
        this.cuts = cuts;
        this.copied = copied;
        this.unlogged = unlogged;
    }

    /**
     * Puts scans together.
     *
     * @param scans of both sides, all of whose truncations count
     * @param found blocks that no record names
     * @param unlogged relations with an init fork
     */
    static DifferingBlocks of(
            RelationGeometry geometry, List<ChangedBlocks> scans, BlockSet found, Set<RelFileLocator> unlogged) {
        BlockSet blocks = found;
        Map<RelFileLocator, Long> cuts = new HashMap<>();
        Set<Directory> copied = new HashSet<>();
        for (ChangedBlocks scan : scans) {
            blocks = blocks.union(scan.before()).union(scan.after());
            scan.truncations().forEach((relation, length) -> cuts.merge(relation, length, Math::min));
            for (FileCopyDatabase creation : scan.fileCopyDatabases()) {
                copied.add(new Directory(creation.tablespace(), creation.database()));
            }
        }
        return new DifferingBlocks(geometry, blocks, cuts, copied, Set.copyOf(unlogged));
    }

    /**
     * What of a file that both have must come from the backup.
     *
     * @param expected the backup's
     * @param present the target's
     * @return ranges of bytes, ascending, not touching each other, up to the end of the backup's file; empty if WAL does not
     *     tell, so that contents have to
     */
    public Optional<List<FileRange>> ranges(SourceFile expected, SourceFile present) {
        return geometry.file(expected.path())
                .filter(file -> file.fork() == ForkName.MAIN && isTold(file.relation()))
                .map(file -> ranges(expected.path(), file, expected.size(), present.size()));
    }

    private boolean isTold(RelFileLocator relation) {
        return !unlogged.contains(relation)
                && !copied.contains(new Directory(relation.tablespace(), relation.database()));
    }

    private List<FileRange> ranges(DataPath path, RelationFile file, long expected, long present) {
        int size = geometry.blockSize();
        long first = file.firstBlock(geometry.segmentBlocks());
        long both = geometry.wholeBlocks(Math.min(expected, present));
        long end = Math.min(first + both / size, Math.max(first, cuts.getOrDefault(file.relation(), Long.MAX_VALUE)));
        List<FileRange> ranges = new ArrayList<>();
        blocks.forEachRange(file.relation(), (from, to) -> {
            long begin = Math.max(from, first);
            long stop = Math.min(to, end);
            if (begin < stop) {
                new FileRange(path, (begin - first) * size, (stop - begin) * size).appendTo(ranges);
            }
        });
        // Behind the cut, and what the target does not have, a part of a page included.
        long rest = (end - first) * size;
        new FileRange(path, rest, expected - rest).appendTo(ranges);
        return ranges;
    }
}
