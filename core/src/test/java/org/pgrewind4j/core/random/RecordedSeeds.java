package org.pgrewind4j.core.random;

import java.util.List;
import java.util.Map;
import org.pgrewind4j.testserver.ServerRelease;

/** The seeds that every run of the tests takes: few, of scenarios that differ much. */
final class RecordedSeeds {

    private static final Map<String, List<Long>> BY_RELEASE =
            Map.of("9.6", List.of(2L), "13", List.of(5L), "15", List.of(17L), "18", List.of(2L));

    private static final Map<String, List<Long>> LIVE = Map.of("18", List.of(4L));

    private RecordedSeeds() {}

    static List<Long> ofLive(ServerRelease release) {
        return LIVE.getOrDefault(release.toString(), List.of());
    }

    static List<Long> of(ServerRelease release) {
        return BY_RELEASE.getOrDefault(release.toString(), List.of());
    }
}
