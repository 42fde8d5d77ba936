package org.pgrewind4j.examples.pgrewind;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.examples.PlanJson;

/**
 * What {@code --json} prints, once, at the end: one JSON object. Every field is always there.
 *
 * <table>
 * <caption>Schema 1</caption>
 * <tr><th>field</th><th>value</th></tr>
 * <tr><td>{@code plan}</td><td>as {@link PlanJson} has it; null if none could be made</td></tr>
 * <tr><td>{@code report}</td><td>{@code {verdict, redo, replayEnd, bytes, filesRemoved, filesChanged, seconds}} as in
 *     {@link RewindReport}, {@code bytes} being the total and {@code seconds} an object by phase; null if nothing was
 *     executed</td></tr>
 * <tr><td>{@code error}</td><td>{@code {message, target}}: {@code target} is {@code UNTOUCHED} or {@code RESUMABLE}; null if
 *     there was none, and if the plan refuses</td></tr>
 * </table>
 */
final class Outcome {

    private static final double MILLIS_IN_SECOND = 1000;

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
            PlanJson.write(plan, json);
        }
        json.writeFieldName("report");
        if (report == null) {
            json.writeNull();
        } else {
            write(report, json);
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

    private static void write(RewindReport report, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("verdict", report.verdict().name());
        json.writeStringField("redo", text(report.redo()));
        json.writeStringField("replayEnd", text(report.replayEnd()));
        json.writeNumberField("bytes", report.bytes().total());
        json.writeNumberField("filesRemoved", report.filesRemoved());
        json.writeNumberField("filesChanged", report.filesChanged());
        json.writeObjectFieldStart("seconds");
        for (Map.Entry<Phase, Duration> time : new TreeMap<>(report.times()).entrySet()) {
            json.writeNumberField(time.getKey().name(), time.getValue().toMillis() / MILLIS_IN_SECOND);
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
