package org.pgrewind4j.core.internal.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.local.DataDirectory;

/**
 * Parts what an execution in place overwrites from what it stages all the same: only blocks that the target has are
 * overwritten, so that its files keep their sizes, by which a new plan would go.
 *
 * @param staged what is staged
 * @param overwritten what is written in place
 */
public record OverwriteSplit(List<FileAction> staged, List<CopyRanges> overwritten) {

    static OverwriteSplit of(List<FileAction> actions, DataDirectory target, int blockSize) throws IOException {
        List<FileAction> staged = new ArrayList<>();
        List<CopyRanges> overwritten = new ArrayList<>();
        for (FileAction action : actions) {
            if (action instanceof CopyRanges copy) {
                long size = Files.size(target.resolve(copy.path()));
                split(copy, size - size % blockSize, staged, overwritten);
            } else {
                staged.add(action);
            }
        }
        return new OverwriteSplit(List.copyOf(staged), List.copyOf(overwritten));
    }

    private static void split(CopyRanges copy, long size, List<FileAction> staged, List<CopyRanges> overwritten) {
        List<FileRange> inside = new ArrayList<>();
        List<FileRange> behind = new ArrayList<>();
        for (FileRange range : copy.ranges()) {
            long end = range.offset() + range.length();
            long parting = Math.max(range.offset(), Math.min(end, size));
            new FileRange(copy.path(), range.offset(), parting - range.offset()).appendTo(inside);
            new FileRange(copy.path(), parting, end - parting).appendTo(behind);
        }
        if (!inside.isEmpty()) {
            overwritten.add(new CopyRanges(copy.path(), inside, copy.finalSize()));
        }
        if (!behind.isEmpty()) {
            staged.add(new CopyRanges(copy.path(), behind, copy.finalSize()));
        }
    }
}
