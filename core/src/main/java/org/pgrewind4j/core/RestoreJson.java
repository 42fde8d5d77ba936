package org.pgrewind4j.core;

import java.util.Optional;

/** Plans and reports of restores as JSON. */
final class RestoreJson {

    private static final int VERSION = 1;

    private RestoreJson() {}

    static String of(RestorePlan plan) {
        JsonWriter json = new JsonWriter()
                .literal("schemaVersion", VERSION)
                .member("verdict", plan.verdict())
                .beginArray("problems");
        for (Problem problem : plan.problems()) {
            json.beginElement()
                    .member("kind", problem.kind())
                    .member("message", problem.message())
                    .member("cure", problem.cure())
                    .end();
        }
        json.end()
                .beginObject("backup")
                .member("label", plan.backup().label())
                .member("type", plan.backup().type())
                .member("start", Optional.of(plan.backup().start()))
                .member("stop", Optional.of(plan.backup().stop()))
                .literal("timeline", plan.backup().timeline().value())
                .end();
        write(plan.bytes(), json);
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
        write(report.bytes(), json);
        write(report.kept(), json);
        json.literal("filesRemoved", report.filesRemoved())
                .literal("pathsChanged", report.pathsChanged())
                .beginObject("milliseconds");
        for (Phase phase : Phase.values()) {
            Optional.ofNullable(report.times().get(phase))
                    .ifPresent(time -> json.literal(phase.name(), time.toMillis()));
        }
        return json.end().finish();
    }

    private static void write(RestorePlan.Kept kept, JsonWriter json) {
        json.beginObject("kept")
                .literal("files", kept.files())
                .literal("bytes", kept.bytes())
                .end();
    }

    private static void write(CopiedBytes bytes, JsonWriter json) {
        json.beginObject("bytes")
                .literal("total", bytes.total())
                .literal("blocks", bytes.blocks())
                .literal("blockBytes", bytes.blockBytes())
                .literal("relationBytes", bytes.relationBytes())
                .literal("walBytes", bytes.walBytes())
                .literal("otherBytes", bytes.otherBytes())
                .end();
    }
}
