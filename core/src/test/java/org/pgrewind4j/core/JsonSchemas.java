package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.pgrewind4j.core.report.DivergenceReport;
import org.pgrewind4j.core.restore.RestorePlan;
import org.pgrewind4j.core.restore.RestoreReport;

/** The published schemas of plans and reports. */
public final class JsonSchemas {

    private static final JsonSchema PLAN = load("plan");
    private static final JsonSchema REPORT = load("report");
    private static final JsonSchema DIVERGENCE = load("divergence");

    private static final JsonSchema STATUS = load("status");
    private static final JsonSchema RESTORE_PLAN = load("restore-plan");
    private static final JsonSchema RESTORE_REPORT = load("restore-report");

    private JsonSchemas() {}

    private static JsonSchema load(String name) {
        String resource = "/META-INF/pgrewind4j/" + name + ".schema.json";
        try (InputStream text = JsonSchemas.class.getResourceAsStream(resource)) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(Objects.requireNonNull(text, resource));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void assertValid(RewindPlan plan) {
        assertThat(PLAN.validate(plan.toJson(), InputFormat.JSON))
                .as(plan.toJson())
                .isEmpty();
    }

    public static void assertValid(RewindReport report) {
        assertThat(REPORT.validate(report.toJson(), InputFormat.JSON))
                .as(report.toJson())
                .isEmpty();
    }

    public static void assertValid(DivergenceReport report) {
        assertThat(DIVERGENCE.validate(report.toJson(), InputFormat.JSON))
                .as(report.toJson())
                .isEmpty();
    }

    public static void assertValid(RestorePlan plan) {
        assertThat(RESTORE_PLAN.validate(plan.toJson(), InputFormat.JSON))
                .as(plan.toJson())
                .isEmpty();
    }

    public static void assertValid(RestoreReport report) {
        assertThat(RESTORE_REPORT.validate(report.toJson(), InputFormat.JSON))
                .as(report.toJson())
                .isEmpty();
    }

    public static void assertValidStatus(String json) {
        assertThat(STATUS.validate(json, InputFormat.JSON)).as(json).isEmpty();
    }

    public static boolean isPlan(String json) {
        return PLAN.validate(json, InputFormat.JSON).isEmpty();
    }
}
