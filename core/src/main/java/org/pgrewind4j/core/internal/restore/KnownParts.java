package org.pgrewind4j.core.internal.restore;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.internal.restore.ContentComparison.Pair;
import org.pgrewind4j.core.internal.restore.evidence.Finding;
import org.pgrewind4j.core.restore.Evidence;
import org.pgrewind4j.core.restore.EvidenceUsed;
import org.pgrewind4j.core.restore.RestorePlan.Kept;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.SourceFile;

/**
 * The files of which WAL tells what must come from the backup, so that their contents need not.
 *
 * <p>What stays of them need not be forced to the disk, as what was found equal by its content: the target's checkpoint at or
 * behind the point from which on its WAL was read has done that, and no record has named it since.
 *
 * @param ranges by file, what must come
 * @param kept files of which nothing must, and which have the right size
 * @param evidence what was relied on
 * @param problems why contents tell of all files although WAL was to
 */
record KnownParts(Map<DataPath, List<FileRange>> ranges, Kept kept, Evidence evidence, List<Problem> problems) {

    static KnownParts none() {
        return new KnownParts(Map.of(), new Kept(0, 0), Evidence.CONTENT, List.of());
    }

    static KnownParts of(Finding found, List<Pair> pairs) {
        if (found instanceof Finding.Unknown unknown) {
            return new KnownParts(Map.of(), new Kept(0, 0), Evidence.CONTENT, unknown.problems());
        }
        Map<DataPath, List<FileRange>> ranges = new HashMap<>();
        long files = 0;
        long bytes = 0;
        for (Pair pair : pairs) {
            SourceFile expected = pair.expected().file();
            Optional<List<FileRange>> known = ((Finding.Known) found).blocks().ranges(expected, pair.present());
            known.ifPresent(parts -> ranges.put(expected.path(), parts));
            if (known.filter(List::isEmpty).isPresent()
                    && expected.size() == pair.present().size()) {
                files++;
                bytes += expected.size();
            }
        }
        return new KnownParts(ranges, new Kept(files, bytes), Evidence.WAL, List.of());
    }

    boolean isOf(DataPath path) {
        return ranges.containsKey(path);
    }

    /** What makes the backup's file of the target's. */
    Optional<FileAction> action(SourceFile expected, SourceFile present) {
        List<FileRange> parts = ranges.get(expected.path());
        if (parts == null) {
            throw new IllegalArgumentException("nothing is known of \"" + expected.path() + "\"");
        }
        if (!parts.isEmpty()) {
            return Optional.of(new CopyRanges(expected.path(), parts, expected.size()));
        }
        return expected.size() == present.size()
                ? Optional.empty()
                : Optional.of(new Truncate(expected.path(), expected.size()));
    }

    EvidenceUsed used(List<Pair> compared) {
        return new EvidenceUsed(
                evidence,
                problems,
                ranges.size(),
                compared.size(),
                compared.stream()
                        .filter(pair ->
                                pair.present().size() >= pair.expected().file().size())
                        .mapToLong(pair -> pair.expected().file().size())
                        .sum());
    }
}
