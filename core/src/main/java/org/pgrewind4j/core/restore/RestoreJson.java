package org.pgrewind4j.core.restore;

import java.util.Optional;
import org.pgrewind4j.core.LibraryVersion;
import org.pgrewind4j.core.Participants;
import org.pgrewind4j.core.internal.json.JsonWriter;
import org.pgrewind4j.core.internal.json.PlanJson;

/** Plans and reports of restores as JSON. */
final class RestoreJson {

    private static final int VERSION = 1;

    private RestoreJson() {}

    static String of(RestorePlan plan) {
        JsonWriter json =
                begun(plan.participants()).member("verdict", plan.verdict()).member("planned", plan.planned());
        PlanJson.write(plan.times(), json);
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
        write(plan.evidence(), json);
        json.beginArray("actions");
        plan.actions().forEach(action -> PlanJson.write(action, json));
        return json.end().finish();
    }

    static String of(RestoreReport report) {
        JsonWriter json = begun(report.participants())
                .member("verdict", report.verdict())
                .member("label", report.label())
                .member("started", report.started())
                .member("finished", report.finished())
                .member("redo", report.redo())
                .member("replayEnd", report.replayEnd());
        PlanJson.write(report.bytes(), json);
        write(report.kept(), json);
        json.literal("filesRemoved", report.filesRemoved()).literal("pathsChanged", report.pathsChanged());
        PlanJson.write(report.times(), json);
        PlanJson.write(report.verification().orElse(null), json);
        return json.finish();
    }

    private static JsonWriter begun(Participants participants) {
        JsonWriter json =
                new JsonWriter().literal("schemaVersion", VERSION).member("libraryVersion", LibraryVersion.current());
        PlanJson.write(participants, json);
        return json;
    }

    private static void write(EvidenceUsed used, JsonWriter json) {
        json.beginObject("evidence").member("used", used.evidence());
        PlanJson.write(used.problems(), json);
        json.literal("filesByWal", used.filesByWal())
                .literal("filesByContent", used.filesByContent())
                .literal("bytesByContent", used.bytesByContent())
                .end();
    }

    private static void write(RestorePlan.Kept kept, JsonWriter json) {
        json.beginObject("kept")
                .literal("files", kept.files())
                .literal("bytes", kept.bytes())
                .end();
    }
}
