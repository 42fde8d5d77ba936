package org.pgrewind4j.core.random;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.random.Scenario.Access;
import org.pgrewind4j.core.random.Scenario.Fault;
import org.pgrewind4j.core.random.Scenario.Reading;
import org.pgrewind4j.core.random.Scenario.Way;
import org.pgrewind4j.testserver.ServerRelease;

/** Draws a scenario. */
final class ScenarioGenerator {

    private ScenarioGenerator() {}

    static Scenario of(long seed, ServerRelease release) {
        Draw draw = new Draw(seed * 1_000_003 + release.major());
        List<String> nodes = List.of("A", "B", "C", "D").subList(0, draw.one(2, 2, 2, 3, 3, 4));
        boolean checksums = draw.percent(60);
        int segment = release.isAtLeast(11) ? draw.one(1, 1, 4, 16) : 16;
        Map<String, String> settings = settings(draw, release, checksums, segment);
        boolean archive = draw.percent(25);
        Way way = way(draw, archive);
        Story story = new Story(draw, release, nodes);
        story.tell(way.reading());
        return new Scenario(
                seed,
                release,
                checksums,
                segment,
                settings,
                nodes,
                story.steps(),
                archive,
                story.target(),
                story.source(),
                story.primary(),
                story.detour(),
                way,
                story.afterwards(),
                story.back(),
                way(draw, archive),
                Access.SUPERUSER);
    }

    /**
     * Draws one whose sources run and are written to without a pause while they are read. They remove WAL as soon as they may,
     * from the execution on. Before that, all keep it: what nobody has when a plan is made, no rewind can do without.
     */
    static Scenario live(long seed, ServerRelease release) {
        Draw draw = new Draw(seed * 1_000_003 + release.major() + 500_009);
        List<String> nodes = List.of("A", "B", "C").subList(0, draw.one(2, 2, 3));
        boolean checksums = draw.percent(60);
        int segment = release.isAtLeast(11) ? 1 : 16;
        Map<String, String> settings = settings(draw, release, checksums, segment);
        settings.put("max_wal_size", 2 * segment + "MB");
        settings.put("min_wal_size", 2 * segment + "MB");
        settings.put(release.isAtLeast(13) ? "wal_keep_size" : "wal_keep_segments", "400");
        Way way = way(draw, false).live();
        Story story = new Story(draw, release, nodes);
        story.tell(Reading.UNDER_LOAD);
        return new Scenario(
                seed,
                release,
                checksums,
                segment,
                settings,
                nodes,
                story.steps().stream()
                        .filter(step -> !(step instanceof Step.Forget))
                        .toList(),
                true,
                story.target(),
                story.source(),
                story.primary(),
                Optional.empty(),
                way,
                story.afterwards(),
                story.back(),
                way(draw, false).live(),
                Access.ofLive(seed));
    }

    private static Map<String, String> settings(Draw draw, ServerRelease release, boolean checksums, int segment) {
        Map<String, String> settings = new TreeMap<>();
        if (!checksums) {
            settings.put("wal_log_hints", "on");
        }
        settings.put("shared_buffers", draw.one("1MB", "4MB", "32MB"));
        settings.put("max_wal_size", draw.percent(40) ? Math.max(8, segment * 2) + "MB" : "1GB");
        settings.put("min_wal_size", Math.max(4, segment * 2) + "MB");
        settings.put("wal_compression", draw.one("on", "off"));
        settings.put("track_commit_timestamp", draw.one("on", "off"));
        settings.put("wal_level", release.isAtLeast(10) ? draw.one("replica", "logical") : "replica");
        settings.put("synchronous_commit", draw.one("on", "on", "off"));
        if (draw.percent(40)) {
            // Pages reach the disk soon after they were changed, not only at a checkpoint.
            settings.put("bgwriter_delay", "10ms");
            settings.put("bgwriter_lru_multiplier", "10");
        }
        return settings;
    }

    private static Way way(Draw draw, boolean archive) {
        return new Way(
                draw.one(Reading.STOPPED, Reading.STOPPED, Reading.LIVE, Reading.UNDER_LOAD),
                draw.one(BlockSelection.MINIMAL, BlockSelection.MINIMAL, BlockSelection.SINCE_CHECKPOINT),
                draw.one(CopyMode.STAGED, CopyMode.STAGED, CopyMode.IN_PLACE),
                draw.one(Verify.RESULT, Verify.NOTHING),
                draw.percent(75)
                        ? Fault.NONE
                        : draw.one(Fault.WHILE_STAGING, Fault.BEFORE_APPLYING, Fault.WHILE_APPLYING),
                archive || draw.percent(50));
    }
}
