package org.pgrewind4j.examples.pgrewind;

import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.NeededWal;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.timeline.Divergence;

/** Says what a plan found and will do, in the original's lines. */
final class PlanLines {

    private static final long MEGABYTE = 1 << 20;

    private final Messages messages;
    private final Options options;

    PlanLines(Messages messages, Options options) {
        this.messages = messages;
        this.options = options;
    }

    void tell(Divergence divergence) {
        messages.info(
                divergence.kind() == Divergence.Kind.SAME_TIMELINE
                        ? "source and target cluster are on the same timeline"
                        : "servers diverged at WAL location " + divergence.position() + " on timeline "
                                + divergence.timeline());
    }

    void tell(RewindPlan plan) {
        if (plan.verdict() == Verdict.COMPARE) {
            messages.info(
                    "comparing both data directories: need to read " + plan.comparedBytes() / MEGABYTE + " MB of each");
        }
        messages.info((plan.verdict() == Verdict.COMPARE
                        ? "replay starts at the source's checkpoint at "
                        : "rewinding from last common checkpoint at ")
                + plan.checkPoint().orElseThrow() + " on timeline "
                + plan.checkPointTimeline().orElseThrow());
        if (options.isDebug()) {
            plan.wal().stream()
                    .filter(wal -> wal.origin() == NeededWal.Origin.TARGET)
                    .forEach(wal -> messages.debug(
                            "Not removing file \"" + wal.segment() + "\" because it is required for recovery"));
            for (FileAction action : plan.actions()) {
                messages.debug(action.path() + " (" + name(action) + ")");
            }
        }
        if (options.showsProgress()) {
            messages.info("need to copy " + plan.bytes().total() / MEGABYTE + " MB (total source directory size is "
                    + plan.sourceBytes() / MEGABYTE + " MB)");
        }
    }

    /** The original's names where the action is one of its own. */
    private static String name(FileAction action) {
        if (action instanceof FileAction.CopyFile) {
            return "COPY";
        } else if (action instanceof FileAction.CopyRanges) {
            return "COPY_BLOCKS";
        } else if (action instanceof FileAction.Truncate) {
            return "TRUNCATE";
        } else if (action instanceof FileAction.UpdateFile) {
            return "COMPARE";
        } else if (action instanceof FileAction.CreateDirectory || action instanceof FileAction.CreateTablespaceLink) {
            return "CREATE";
        } else if (action instanceof FileAction.RemoveFile || action instanceof FileAction.RemoveDirectory) {
            return "REMOVE";
        }
        return "WRITE";
    }
}
