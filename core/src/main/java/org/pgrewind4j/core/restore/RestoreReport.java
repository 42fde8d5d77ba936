package org.pgrewind4j.core.restore;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.Verification;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.timeline.Lsn;

/**
 * What a restore did.
 *
 * @param verdict the plan's verdict: {@code RESTORE} or {@code RESUME}
 * @param label the backup's name
 * @param redo where replay will start
 * @param replayEnd where replay must arrive before the data is consistent, as far as the backup tells
 * @param bytes what was written of the backup's files, by kind
 * @param kept what was found to be the same; nothing is known of it when an interrupted restore was finished
 * @param filesRemoved files that the backup does not have
 * @param pathsChanged paths that were created, replaced, changed or cut, or got other permissions or times
 * @param times how long each phase took
 * @param verification what was proven of the result; null if {@link Verify} did not ask for it
 */
public record RestoreReport(
        RestoreVerdict verdict,
        String label,
        @Nullable Lsn redo,
        @Nullable Lsn replayEnd,
        CopiedBytes bytes,
        RestorePlan.Kept kept,
        long filesRemoved,
        long pathsChanged,
        Map<Phase, Duration> times,
        @Nullable Verification verification) {

    /**
     * Takes a copy of the map.
     *
     * @param verdict the plan's verdict
     * @param label the backup's name
     * @param redo where replay will start
     * @param replayEnd where replay must arrive
     * @param bytes what was written of the backup's files
     * @param kept what was found to be the same
     * @param filesRemoved files that the backup does not have
     * @param pathsChanged paths that were changed
     * @param times how long each phase took
     * @param verification what was proven of the result
     */
    public RestoreReport {
        times = Map.copyOf(times);
    }

    /**
     * Tells of a restore what the engine, which restores and rewinds alike, did.
     *
     * @param verdict the plan's verdict
     * @param label the backup's name
     * @param kept what was found to be the same
     * @param done what the engine did
     * @return the report
     */
    public static RestoreReport of(RestoreVerdict verdict, String label, RestorePlan.Kept kept, RewindReport done) {
        return new RestoreReport(
                verdict,
                label,
                done.redo(),
                done.replayEnd(),
                done.bytes(),
                kept,
                done.filesRemoved(),
                done.filesChanged(),
                done.times(),
                done.verification());
    }

    /**
     * This report as a JSON object, for programs and for keeping.
     *
     * @return JSON text
     */
    public String toJson() {
        return RestoreJson.of(this);
    }
}
