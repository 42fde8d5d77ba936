package org.pgrewind4j.examples.pgrewind;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.LibraryVersion;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindReport;

/**
 * What {@code --json} prints, once, at the end: one JSON object. The resource {@code outcome.schema.json} beside this class
 * describes each member; every one is always there.
 */
final class Outcome {

    private static final int VERSION = 1;

    private final PrintStream out;
    private final boolean isPrinted;
    private final Instant started = Instant.now();
    private @Nullable RewindPlan plan;
    private @Nullable RewindReport report;
    private @Nullable String failure;
    private @Nullable Problem problem;
    private RewindException.TargetState target = RewindException.TargetState.UNTOUCHED;

    Outcome(PrintStream out, Options options) {
        this.out = out;
        this.isPrinted = options.printsJson();
    }

    void plan(RewindPlan made) {
        plan = made;
    }

    void report(RewindReport done) {
        report = done;
    }

    void failed(String message, Exception e) {
        failure = message;
        if (e instanceof RewindException ended) {
            target = ended.targetState();
            problem = ended.problem().orElse(null);
        } else if (e instanceof ProblemException known) {
            problem = known.problem();
        }
    }

    void print(int exitStatus) {
        if (!isPrinted) {
            return;
        }
        try (JsonGenerator json =
                new JsonFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            write(json, exitStatus);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println();
    }

    private void write(JsonGenerator json, int exitStatus) throws IOException {
        json.writeStartObject();
        json.writeNumberField("schemaVersion", VERSION);
        json.writeStringField("libraryVersion", LibraryVersion.current());
        json.writeStringField("started", started.toString());
        json.writeStringField("finished", Instant.now().toString());
        json.writeNumberField("exitStatus", exitStatus);
        json.writeFieldName("plan");
        if (plan == null) {
            json.writeNull();
        } else {
            json.writeRawValue(plan.toJson().strip());
        }
        json.writeFieldName("report");
        if (report == null) {
            json.writeNull();
        } else {
            json.writeRawValue(report.toJson().strip());
        }
        json.writeFieldName("error");
        if (failure == null) {
            json.writeNull();
        } else {
            json.writeStartObject();
            json.writeStringField("message", failure);
            json.writeStringField("target", target.name());
            json.writeStringField(
                    "problem", problem == null ? null : problem.kind().name());
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
