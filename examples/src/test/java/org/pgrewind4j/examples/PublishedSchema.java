package org.pgrewind4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/** The schemas that the commands' JSON is promised to follow. */
public enum PublishedSchema {
    PLAN("/META-INF/pgrewind4j/plan.schema.json"),
    REPORT("/META-INF/pgrewind4j/report.schema.json"),
    DIVERGENCE("/META-INF/pgrewind4j/divergence.schema.json"),
    RESTORE_PLAN("/META-INF/pgrewind4j/restore-plan.schema.json"),
    RESTORE_REPORT("/META-INF/pgrewind4j/restore-report.schema.json"),
    OUTCOME("/org/pgrewind4j/examples/pgrewind/outcome.schema.json");

    private final String resource;

    PublishedSchema(String resource) {
        this.resource = resource;
    }

    /** Fails if a text is not what the schema says. */
    public void validate(String json) {
        Map<String, String> named =
                Map.of("urn:pgrewind4j:plan:1", PLAN.text(), "urn:pgrewind4j:report:1", REPORT.text());
        JsonSchema schema = JsonSchemaFactory.getInstance(
                        SpecVersion.VersionFlag.V202012,
                        builder -> builder.schemaLoaders(loaders -> loaders.schemas(named)))
                .getSchema(text());
        assertThat(schema.validate(json, InputFormat.JSON)).as(json).isEmpty();
    }

    private String text() {
        try (InputStream text = PublishedSchema.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(text, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
