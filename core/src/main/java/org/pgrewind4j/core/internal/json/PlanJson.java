package org.pgrewind4j.core.internal.json;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.DiskSpace;
import org.pgrewind4j.core.ExpectedPhase;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.ClearPath;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.CreateDirectory;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.RepeatWal;
import org.pgrewind4j.core.FileAction.RestoreWal;
import org.pgrewind4j.core.FileAction.SetAttributes;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.FileAction.UpdateFile;
import org.pgrewind4j.core.FileAction.WriteConfiguration;
import org.pgrewind4j.core.LibraryVersion;
import org.pgrewind4j.core.LostWal;
import org.pgrewind4j.core.NeededWal;
import org.pgrewind4j.core.Participants;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.Verification;
import org.pgrewind4j.core.Warning;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentName;

/**
 * Plans and reports as JSON. What each member means is given by {@code plan.schema.json} and {@code report.schema.json}
 * in {@code META-INF/pgrewind4j}. Within one version names and meanings stay, and every member of the outer object is
 * always there; members, actions and kinds of problems may be added.
 */
public final class PlanJson {

    private static final int VERSION = 1;

    private final JsonWriter json = new JsonWriter();

    private PlanJson() {}

    public static String of(RewindPlan plan) {
        PlanJson text = new PlanJson();
        text.write(plan);
        return text.json.finish();
    }

    public static String of(RewindReport report) {
        PlanJson text = new PlanJson();
        text.write(report);
        return text.json.finish();
    }

    private void write(RewindPlan plan) {
        json.literal("schemaVersion", VERSION)
                .member("libraryVersion", LibraryVersion.current())
                .member("target", plan.target())
                .member("source", plan.source())
                .member("systemIdentifier", plan.systemIdentifier())
                .member("release", plan.release().map(PostgresVersion::release))
                .member("verdict", plan.verdict())
                .member("planned", plan.planned());
        write(plan.times(), json);
        write(plan.problems(), json);
        write(plan.warnings());
        write(plan.divergence().orElse(null));
        json.member("redo", plan.redo()).member("checkPoint", plan.checkPoint()).member("targetEnd", plan.targetEnd());
        write(plan.lostWal());
        json.member("replayEnd", plan.replayEnd())
                .member("blockSelection", plan.blockSelection())
                .literal("blocksWithoutImage", plan.blocksWithoutImage())
                .literal("sourceBytes", plan.sourceBytes());
        write(plan.bytes(), json);
        json.literal("comparedBytes", plan.comparedBytes());
        writeNeeds(plan);
        json.beginArray("actions");
        plan.actions().forEach(action -> write(action, json));
        json.end();
    }

    private void writeNeeds(RewindPlan plan) {
        json.beginArray("phases");
        for (ExpectedPhase expected : plan.phases()) {
            json.beginElement()
                    .member("phase", expected.phase())
                    .literal("bytes", expected.bytes())
                    .end();
        }
        json.end().beginArray("disk");
        for (DiskSpace space : plan.disk()) {
            json.beginElement()
                    .member("path", space.path().toString())
                    .literal("needed", space.needed())
                    .literal("free", space.free())
                    .end();
        }
        json.end().beginArray("wal");
        for (NeededWal needed : plan.wal()) {
            json.beginElement()
                    .member("segment", needed.segment().fileName())
                    .member("origin", needed.origin())
                    .end();
        }
        json.end();
    }

    private void write(RewindReport report) {
        json.literal("schemaVersion", VERSION).member("libraryVersion", LibraryVersion.current());
        write(report.participants(), json);
        json.member("verdict", report.verdict())
                .member("started", report.started())
                .member("finished", report.finished());
        write(report.divergence().orElse(null));
        write(report.lostWal());
        json.member("redo", report.redo()).member("replayEnd", report.replayEnd());
        write(report.bytes(), json);
        json.literal("filesRemoved", report.filesRemoved()).literal("filesChanged", report.filesChanged());
        write(report.times(), json);
        write(report.verification().orElse(null), json);
        write(report.warnings());
    }

    /** Writes who takes part. */
    public static void write(Participants participants, JsonWriter json) {
        json.member("target", participants.target())
                .member("source", participants.source())
                .member("systemIdentifier", participants.systemIdentifier())
                .member("release", participants.release().map(PostgresVersion::release));
    }

    private void write(Optional<LostWal> lost) {
        if (lost.isEmpty()) {
            json.member("lostWal", lost);
            return;
        }
        json.beginObject("lostWal")
                .member("from", lost.get().from().toString())
                .member("to", lost.get().to().toString())
                .literal("bytes", lost.get().bytes())
                .end();
    }

    private void write(List<Warning> warnings) {
        json.beginArray("warnings");
        for (Warning warning : warnings) {
            json.beginElement()
                    .member("kind", warning.kind())
                    .member("message", warning.message())
                    .member("advice", warning.advice())
                    .end();
        }
        json.end();
    }

    /** Writes what was proven. */
    public static void write(@Nullable Verification verification, JsonWriter json) {
        if (verification == null) {
            json.member("verification", Optional.empty());
            return;
        }
        json.beginObject("verification")
                .literal("paths", verification.paths())
                .literal("bytes", verification.bytes())
                .literal("pages", verification.pages())
                .literal("pagesWithChecksum", verification.pagesWithChecksum())
                .member("walFrom", verification.walFrom().toString())
                .member("walTo", verification.walTo().toString())
                .literal("walRecords", verification.walRecords())
                .beginArray("walToRestore");
        verification.walToRestore().stream().map(WalSegmentName::fileName).forEach(json::value);
        json.end().end();
    }

    private void write(@Nullable Divergence divergence) {
        if (divergence == null) {
            json.member("divergence", Optional.empty());
            return;
        }
        json.beginObject("divergence")
                .member("kind", divergence.kind())
                .literal("timeline", divergence.timeline().value())
                .member("position", Optional.of(divergence.position()).filter(position -> !position.equals(Lsn.MAX)))
                .end();
    }

    /** Writes all that forbids a plan, each with its cure. */
    public static void write(List<Problem> problems, JsonWriter json) {
        json.beginArray("problems");
        for (Problem problem : problems) {
            json.beginElement()
                    .member("kind", problem.kind())
                    .member("side", problem.side())
                    .member("place", problem.place())
                    .member("message", problem.message())
                    .member("cure", problem.cure())
                    .end();
        }
        json.end();
    }

    /** Writes how long each phase took. */
    public static void write(Map<Phase, Duration> times, JsonWriter json) {
        json.beginObject("milliseconds");
        for (Phase phase : Phase.values()) {
            Optional.ofNullable(times.get(phase)).ifPresent(time -> json.literal(phase.name(), time.toMillis()));
        }
        json.end();
    }

    /** Writes what is copied, by kind. */
    public static void write(CopiedBytes bytes, JsonWriter json) {
        json.beginObject("bytes")
                .literal("total", bytes.total())
                .literal("blocks", bytes.blocks())
                .literal("blockBytes", bytes.blockBytes())
                .literal("relationBytes", bytes.relationBytes())
                .literal("walBytes", bytes.walBytes())
                .literal("otherBytes", bytes.otherBytes())
                .end();
    }

    /** Writes an action as an element of an array. */
    public static void write(FileAction action, JsonWriter json) {
        if (action instanceof CreateDirectory) {
            begin("createDirectory", action, json);
        } else if (action instanceof CreateTablespaceLink link) {
            begin("createTablespaceLink", action, json).member("location", link.location());
        } else if (action instanceof CopyFile copy) {
            begin("copyFile", action, json).literal("size", copy.size());
        } else if (action instanceof RestoreWal restore) {
            begin("restoreWal", action, json).literal("size", restore.size());
        } else if (action instanceof RepeatWal repeat) {
            begin("repeatWal", action, json)
                    .literal("size", repeat.size())
                    .member("end", repeat.end().toString());
        } else if (action instanceof CopyRanges copy) {
            begin("copyRanges", action, json)
                    .literal("finalSize", copy.finalSize())
                    .beginArray("ranges");
            for (FileRange range : copy.ranges()) {
                json.pair(range.offset(), range.length());
            }
            json.end();
        } else if (action instanceof Truncate cut) {
            begin("truncate", action, json).literal("size", cut.size());
        } else if (action instanceof WriteConfiguration configuration) {
            begin("writeConfiguration", action, json).beginArray("settings");
            configuration.settings().forEach(json::value);
            json.end();
        } else if (action instanceof UpdateFile update) {
            begin("updateFile", action, json).literal("size", update.size());
        } else if (action instanceof ClearPath clear) {
            begin("clearPath", action, json).member("needed", clear.needed().type());
        } else if (action instanceof SetAttributes set) {
            begin("setAttributes", action, json)
                    .member("mode", Integer.toOctalString(set.attributes().mode()))
                    .member("user", set.attributes().user())
                    .member("group", set.attributes().group())
                    .member("modified", set.modified());
        } else if (action instanceof RemoveFile) {
            begin("removeFile", action, json);
        } else if (action instanceof RemoveDirectory) {
            begin("removeDirectory", action, json);
        } else {
            throw new IllegalStateException("an action that the schema has no name for: " + action);
        }
        json.end();
    }

    private static JsonWriter begin(String name, FileAction action, JsonWriter json) {
        return json.beginElement()
                .member("action", name)
                .member("path", action.path().toString());
    }
}
