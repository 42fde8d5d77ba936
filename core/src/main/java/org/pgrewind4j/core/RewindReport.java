package org.pgrewind4j.core;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.internal.json.PlanJson;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;

/**
 * What an execution did.
 *
 * @param verdict the plan's verdict: {@code REWIND} or {@code RESUME} if something was done
 * @param divergence where the histories part; null if nothing had to be done
 * @param redo where replay will start; null if nothing had to be done
 * @param replayEnd where replay must arrive before the standby is consistent; null if nothing had to be done
 * @param bytes what was taken from the source, by kind
 * @param filesRemoved files that the source does not have
 * @param filesChanged files that were created, replaced, changed or cut
 * @param times how long each phase took
 * @param verification what was proven of the result; null if {@link Verify} did not ask for it
 * @param warnings what somebody must see to before the server is started; what finished an interrupted execution knows of
 *     none
 */
public record RewindReport(
        Verdict verdict,
        @Nullable Divergence divergence,
        @Nullable Lsn redo,
        @Nullable Lsn replayEnd,
        CopiedBytes bytes,
        long filesRemoved,
        long filesChanged,
        Map<Phase, Duration> times,
        @Nullable Verification verification,
        List<Warning> warnings) {

    /**
     * Takes copies of the map and the list.
     *
     * @param verdict the plan's verdict
     * @param divergence where the histories part
     * @param redo where replay will start
     * @param replayEnd where replay must arrive
     * @param bytes what was taken from the source
     * @param filesRemoved files that the source does not have
     * @param filesChanged files that were changed
     * @param times how long each phase took
     * @param verification what was proven of the result
     * @param warnings what somebody must see to
     */
    public RewindReport {
        times = Map.copyOf(times);
        warnings = List.copyOf(warnings);
    }

    /**
     * Says by what kind of plan it was done.
     *
     * @param found the plan's verdict
     * @return this report with that verdict
     */
    public RewindReport found(Verdict found) {
        return new RewindReport(
                found, divergence, redo, replayEnd, bytes, filesRemoved, filesChanged, times, verification, warnings);
    }

    /**
     * Puts warnings before those that this report has.
     *
     * @param known the plan's warnings
     * @return this report with each warning once
     */
    public RewindReport warning(List<Warning> known) {
        Set<Warning> all = new LinkedHashSet<>(known);
        all.addAll(warnings);
        return new RewindReport(
                verdict,
                divergence,
                redo,
                replayEnd,
                bytes,
                filesRemoved,
                filesChanged,
                times,
                verification,
                List.copyOf(all));
    }

    /**
     * This report as a JSON object, for programs and for keeping. The resource
     * {@code META-INF/pgrewind4j/report.schema.json} describes each member; within one {@code schemaVersion} members are added only.
     *
     * @return JSON text
     */
    public String toJson() {
        return PlanJson.of(this);
    }
}
