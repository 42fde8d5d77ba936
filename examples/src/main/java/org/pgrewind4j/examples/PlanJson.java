package org.pgrewind4j.examples;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.CreateDirectory;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.RestoreWal;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.FileAction.WriteConfiguration;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.FileRange;

/**
 * Prints a plan as one JSON object. Within schema 1 names and meanings stay; new fields, actions and problem kinds may
 * be added. Every field of the object is always there.
 *
 * <table>
 * <caption>Schema 1</caption>
 * <tr><th>field</th><th>value</th></tr>
 * <tr><td>{@code schema}</td><td>the number 1</td></tr>
 * <tr><td>{@code verdict}</td><td>the name of a {@link org.pgrewind4j.core.Verdict}</td></tr>
 * <tr><td>{@code problems}</td><td>array of {@code {kind, message, cure}}; {@code kind} is the name of a
 *     {@link Problem.Kind}; empty unless the verdict is {@code REFUSED}</td></tr>
 * <tr><td>{@code divergence}</td><td>{@code {kind, timeline, position}}, or null where it is not known; {@code kind} is
 *     the name of a {@link Divergence.Kind}, {@code timeline} a number, {@code position} an LSN, null if no switch
 *     point parts the histories</td></tr>
 * <tr><td>{@code redo}, {@code checkPoint}</td><td>LSN where replay starts, and of the checkpoint record that the backup
 *     label names; null unless the verdict is {@code REWIND}</td></tr>
 * <tr><td>{@code targetEnd}, {@code replayEnd}</td><td>LSN where the target's WAL ends, and where replay must arrive;
 *     null unless the verdict is {@code REWIND}</td></tr>
 * <tr><td>{@code blocksWithoutImage}</td><td>number of blocks, see {@link RewindPlan#blocksWithoutImage}</td></tr>
 * <tr><td>{@code bytes}</td><td>{@code {total, blocks, blockBytes, relationBytes, walBytes, otherBytes}}, numbers as in
 *     {@link CopiedBytes}</td></tr>
 * <tr><td>{@code actions}</td><td>array, in the order in which they are done, of {@code {action, path, ...}}:
 *     {@code createDirectory}, {@code createTablespaceLink} with {@code location}, {@code copyFile} and {@code restoreWal} with {@code size},
 *     {@code copyRanges} with {@code finalSize} and {@code ranges} (array of {@code [offset, length]}),
 *     {@code truncate} with {@code size}, {@code writeConfiguration} with {@code settings} (array of their names),
 *     {@code removeFile}, {@code removeDirectory}; sizes in bytes, paths relative to
 *     the data directory</td></tr>
 * </table>
 *
 * <p>An LSN is a string as PostgreSQL prints it, such as {@code "16/B374D848"}.
 */
public final class PlanJson {

    static final int SCHEMA = 1;

    private final JsonGenerator json;

    PlanJson(JsonGenerator json) {
        this.json = json;
    }

    /** Writes a plan, and leaves the writer open. */
    static void write(RewindPlan plan, Writer out) throws IOException {
        try (JsonGenerator json =
                new JsonFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            write(plan, json);
        }
    }

    /**
     * Writes a plan as a value of a larger document.
     *
     * @param plan the plan
     * @param json takes it
     * @throws IOException if it cannot be written
     */
    public static void write(RewindPlan plan, JsonGenerator json) throws IOException {
        new PlanJson(json).write(plan);
    }

    private void write(RewindPlan plan) throws IOException {
        json.writeStartObject();
        json.writeNumberField("schema", SCHEMA);
        json.writeStringField("verdict", plan.verdict().name());
        json.writeArrayFieldStart("problems");
        for (Problem problem : plan.problems()) {
            write(problem);
        }
        json.writeEndArray();
        write(plan.divergence());
        write("redo", plan.redo());
        write("checkPoint", plan.checkPoint());
        write("targetEnd", plan.targetEnd());
        write("replayEnd", plan.replayEnd());
        json.writeNumberField("blocksWithoutImage", plan.blocksWithoutImage());
        write(plan.bytes());
        json.writeArrayFieldStart("actions");
        for (FileAction action : plan.actions()) {
            write(action);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(Problem problem) throws IOException {
        json.writeStartObject();
        json.writeStringField("kind", problem.kind().name());
        json.writeStringField("message", problem.message());
        json.writeStringField("cure", problem.cure());
        json.writeEndObject();
    }

    private void write(Optional<Divergence> divergence) throws IOException {
        if (divergence.isEmpty()) {
            json.writeNullField("divergence");
            return;
        }
        json.writeObjectFieldStart("divergence");
        json.writeStringField("kind", divergence.get().kind().name());
        json.writeNumberField("timeline", divergence.get().timeline().value());
        write("position", divergence.map(Divergence::position).filter(position -> !position.equals(Lsn.MAX)));
        json.writeEndObject();
    }

    private void write(String field, Optional<Lsn> lsn) throws IOException {
        if (lsn.isPresent()) {
            json.writeStringField(field, lsn.get().toString());
        } else {
            json.writeNullField(field);
        }
    }

    private void write(CopiedBytes bytes) throws IOException {
        json.writeObjectFieldStart("bytes");
        json.writeNumberField("total", bytes.total());
        json.writeNumberField("blocks", bytes.blocks());
        json.writeNumberField("blockBytes", bytes.blockBytes());
        json.writeNumberField("relationBytes", bytes.relationBytes());
        json.writeNumberField("walBytes", bytes.walBytes());
        json.writeNumberField("otherBytes", bytes.otherBytes());
        json.writeEndObject();
    }

    void write(FileAction action) throws IOException {
        json.writeStartObject();
        if (action instanceof CreateDirectory) {
            begin("createDirectory", action);
        } else if (action instanceof CreateTablespaceLink link) {
            begin("createTablespaceLink", action);
            json.writeStringField("location", link.location());
        } else if (action instanceof CopyFile copy) {
            begin("copyFile", action);
            json.writeNumberField("size", copy.size());
        } else if (action instanceof RestoreWal restore) {
            begin("restoreWal", action);
            json.writeNumberField("size", restore.size());
        } else if (action instanceof CopyRanges copy) {
            begin("copyRanges", action);
            json.writeNumberField("finalSize", copy.finalSize());
            write(copy.ranges());
        } else if (action instanceof Truncate cut) {
            begin("truncate", action);
            json.writeNumberField("size", cut.size());
        } else if (action instanceof WriteConfiguration configuration) {
            begin("writeConfiguration", action);
            json.writeArrayFieldStart("settings");
            for (String setting : configuration.settings()) {
                json.writeString(setting);
            }
            json.writeEndArray();
        } else if (action instanceof RemoveFile) {
            begin("removeFile", action);
        } else if (action instanceof RemoveDirectory) {
            begin("removeDirectory", action);
        } else {
            throw new IllegalStateException("an action that the schema has no name for: " + action);
        }
        json.writeEndObject();
    }

    private void begin(String name, FileAction action) throws IOException {
        json.writeStringField("action", name);
        json.writeStringField("path", action.path().toString());
    }

    private void write(List<FileRange> ranges) throws IOException {
        json.writeArrayFieldStart("ranges");
        for (FileRange range : ranges) {
            json.writeArray(new long[] {range.offset(), range.length()}, 0, 2);
        }
        json.writeEndArray();
    }
}
