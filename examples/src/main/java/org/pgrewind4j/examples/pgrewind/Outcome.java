package org.pgrewind4j.examples.pgrewind;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindReport;

/**
 * What {@code --json} prints, once, at the end: one JSON object. Every field is always there.
 *
 * <table>
 * <caption>Members</caption>
 * <tr><th>field</th><th>value</th></tr>
 * <tr><td>{@code plan}</td><td>as {@link RewindPlan#toJson} has it; null if none could be made</td></tr>
 * <tr><td>{@code report}</td><td>as {@link RewindReport#toJson} has it; null if nothing was executed</td></tr>
 * <tr><td>{@code error}</td><td>{@code {message, target}}: {@code target} is {@code UNTOUCHED} or {@code RESUMABLE}; null if
 *     there was none, and if the plan refuses</td></tr>
 * </table>
 */
final class Outcome {

    private final PrintStream out;
    private final boolean isPrinted;
    private @Nullable RewindPlan plan;
    private @Nullable RewindReport report;
    private @Nullable String failure;
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
        }
    }

    void print() {
        if (!isPrinted) {
            return;
        }
        try (JsonGenerator json =
                new JsonFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println();
    }

    private void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
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
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
