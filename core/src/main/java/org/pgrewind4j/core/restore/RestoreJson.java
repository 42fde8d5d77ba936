package org.pgrewind4j.core.restore;

import java.util.Optional;
import org.pgrewind4j.core.internal.json.JsonWriter;
import org.pgrewind4j.core.internal.json.PlanJson;

/** Plans and reports of restores as JSON. */
final class RestoreJson {

    private static final int VERSION = 1;

    private RestoreJson() {}

    static String of(RestorePlan plan) {
        JsonWriter json = new JsonWriter().literal("schemaVersion", VERSION).member("verdict", plan.verdict());
        PlanJson.write(plan.problems(), json);
        json.beginObject("backup")
                .member("label", plan.backup().label())
                .member("type", plan.backup().type())
                .member("start", Optional.of(plan.backup().start()))
                .member("stop", Optional.of(plan.backup().stop()))
                .literal("timeline", plan.backup().timeline().value())
                .end();
        PlanJson.write(plan.bytes(), json);
        write(plan.kept(), json);
        json.beginArray("actions");
        plan.actions().forEach(action -> PlanJson.write(action, json));
        return json.end().finish();
    }

    static String of(RestoreReport report) {
        JsonWriter json = new JsonWriter()
                .literal("schemaVersion", VERSION)
                .member("verdict", report.verdict())
                .member("label", report.label())
                .member("redo", Optional.ofNullable(report.redo()))
                .member("replayEnd", Optional.ofNullable(report.replayEnd()));
        PlanJson.write(report.bytes(), json);
        write(report.kept(), json);
        json.literal("filesRemoved", report.filesRemoved()).literal("pathsChanged", report.pathsChanged());
        PlanJson.write(report.times(), json);
        return json.finish();
    }

    private static void write(RestorePlan.Kept kept, JsonWriter json) {
        json.beginObject("kept")
                .literal("files", kept.files())
                .literal("bytes", kept.bytes())
                .end();
    }
}
