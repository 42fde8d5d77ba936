package org.pgrewind4j.examples;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.TimelineId;

/** Tells people what a plan says. */
final class PlanStory {

    private static final int NAMED_RELATIONS = 5;
    private static final int BLOCK_SIZE = 8192;

    private final Story story;
    private final RewindPlan plan;
    private final Map<String, String> relationNames;

    /** Tells a plan whose verdict is a rewind; relations have names by the paths of their files. */
    PlanStory(Story story, RewindPlan plan, Map<String, String> relationNames) {
        this.story = story;
        this.plan = plan;
        this.relationNames = relationNames;
    }

    /** Tells it, and compares it with a plan by pg_rewind's rule. */
    void tell(RewindPlan sinceCheckpoint, TimelineId ofSource) {
        story.step("What diverged:");
        Divergence divergence = plan.divergence().orElseThrow();
        story.line(
                "the histories part at %s on timeline %s; the new primary went on as timeline %s",
                divergence.position(), divergence.timeline(), ofSource);
        story.line(
                "the old primary wrote %s of WAL after that",
                size(plan.targetEnd().orElseThrow().minus(divergence.position())));
        story.line("blocks to take back: %s", changedRelations());
        story.step("The plan: %s", plan.verdict());
        CopiedBytes bytes = plan.bytes();
        story.line(
                "from the new primary: %s in %,d blocks, whole relation files %s, WAL %s, other %s",
                size(bytes.blockBytes()),
                bytes.blocks(),
                size(bytes.relationBytes()),
                size(bytes.walBytes()),
                size(bytes.otherBytes()));
        story.line("files: %s", actions());
        story.line(
                "replay: from %s to %s",
                plan.redo().orElseThrow(), plan.replayEnd().orElseThrow());
        story.line(
                "pg_rewind's rule, every block since the last checkpoint: %s in %,d blocks",
                size(sinceCheckpoint.bytes().blockBytes()),
                sinceCheckpoint.bytes().blocks());
    }

    private String changedRelations() {
        List<CopyRanges> changed = plan.actions().stream()
                .filter(CopyRanges.class::isInstance)
                .map(CopyRanges.class::cast)
                .sorted(Comparator.comparing(CopyRanges::bytes).reversed())
                .toList();
        String named = changed.stream()
                .limit(NAMED_RELATIONS)
                .map(action -> name(action) + " " + action.bytes() / BLOCK_SIZE)
                .collect(Collectors.joining(", "));
        int more = changed.size() - NAMED_RELATIONS;
        return more > 0 ? named + ", " + more + " more relations" : named;
    }

    private String name(FileAction action) {
        String path = action.path().toString();
        return relationNames.getOrDefault(path, path);
    }

    private String actions() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        plan.actions().forEach(action -> counts.merge(describe(action), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String describe(FileAction action) {
        if (action instanceof CopyRanges) {
            return "copied in part";
        }
        if (action instanceof FileAction.CopyFile) {
            return "copied whole";
        }
        if (action instanceof FileAction.Truncate) {
            return "shortened";
        }
        if (action instanceof FileAction.RemoveFile || action instanceof FileAction.RemoveDirectory) {
            return "removed";
        }
        return "created";
    }

    static long millis(RewindReport report) {
        return report.times().values().stream().mapToLong(Duration::toMillis).sum();
    }

    static String size(long bytes) {
        return bytes < 1024 * 1024
                ? String.format(Locale.ROOT, "%,d kB", (bytes + 1023) / 1024)
                : String.format(Locale.ROOT, "%.1f MB", bytes / (1024.0 * 1024));
    }
}
