package org.pgrewind4j.core.internal.area;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.FileAction.UpdateFile;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;

/**
 * The blocks of the target that may hold a source's content since an execution in place was interrupted. They are
 * neither the old branch's any more nor yet the new one's; only a plan that copies all of them again makes the target
 * whole. Nothing else has changed: not a file's size, and not the target's WAL, of which that plan is made.
 */
public final class OverwrittenBlocks {

    private OverwrittenBlocks() {}

    /**
     * Takes note, durably, of what is going to be overwritten. What was noted before stays noted: until the seal it may
     * still hold what an earlier execution wrote there.
     *
     * @param about what else is kept with them; its steps do not count
     */
    public static void note(List<CopyRanges> blocks, Manifest about, StagingArea area, FileOperations files)
            throws IOException {
        List<Manifest.Step> steps = new ArrayList<>();
        Set<CopyRanges> all = new LinkedHashSet<>(blocks);
        if (area.state() == StagingArea.State.OVERWRITING) {
            all.addAll(noted(area));
        }
        for (CopyRanges copy : all) {
            List<Manifest.Piece> pieces = new ArrayList<>();
            copy.ranges()
                    .forEach(range ->
                            pieces.add(new Manifest.Piece(range.offset(), range.length(), 0, Manifest.Piece.IN_PLACE)));
            steps.add(new Manifest.Parts(copy.path(), copy.finalSize(), "", pieces));
        }
        Path unfinished = area.root().resolve("overwritten.new");
        files.write(unfinished, ManifestText.format(about.with(steps)));
        files.move(unfinished, area.overwritten());
        area.sync(files);
    }

    private static List<CopyRanges> noted(StagingArea area) throws IOException {
        List<CopyRanges> blocks = new ArrayList<>();
        for (Manifest.Step step :
                ManifestText.parse(Files.readAllBytes(area.overwritten())).steps()) {
            if (step instanceof Manifest.Parts parts) {
                List<FileRange> ranges = parts.pieces().stream()
                        .map(piece -> new FileRange(parts.path(), piece.offset(), piece.length()))
                        .toList();
                blocks.add(new CopyRanges(parts.path(), ranges, parts.finalSize()));
            }
        }
        return blocks;
    }

    /** What is wrong with actions that let such a block keep what it holds; nothing if there are none. */
    public static Optional<Problem> keptBy(List<FileAction> actions, StagingArea area) throws IOException {
        if (area.state() != StagingArea.State.OVERWRITING) {
            return Optional.empty();
        }
        Map<DataPath, FileAction> byPath = new HashMap<>();
        actions.forEach(action -> byPath.put(action.path(), action));
        return noted(area).stream()
                .flatMap(copy -> copy.ranges().stream())
                .filter(range -> !isReplaced(range, byPath.get(range.path())))
                .findFirst()
                .map(OverwrittenBlocks::problem);
    }

    private static Problem problem(FileRange kept) {
        return new Problem(
                Problem.Kind.INTERRUPTED_IN_PLACE,
                "an execution in place was interrupted, and this rewind would not copy all that it overwrote: \"%s\" from"
                                .formatted(kept.path())
                        + String.format(Locale.ROOT, " byte %d to %d", kept.offset(), kept.end()),
                "rewind again with the same block selection, from a source that diverged at the same LSN;"
                        + " or re-create the target from a base backup.");
    }

    private static boolean isReplaced(FileRange range, @Nullable FileAction action) {
        if (action instanceof Truncate truncate) {
            return range.offset() >= truncate.size();
        }
        if (action instanceof CopyRanges copy) {
            return isCopied(range, copy);
        }
        // What is compared is replaced where it is not what it ought to be.
        return action instanceof CopyFile || action instanceof UpdateFile || action instanceof RemoveFile;
    }

    private static boolean isCopied(FileRange range, CopyRanges copy) {
        long next = range.offset();
        long end = Math.min(range.offset() + range.length(), copy.finalSize());
        for (FileRange copied : copy.ranges()) {
            if (copied.offset() <= next && next < copied.offset() + copied.length()) {
                next = copied.offset() + copied.length();
            }
        }
        return next >= end;
    }
}
