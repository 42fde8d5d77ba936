package org.pgrewind4j.core.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.DiskSpace;
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
import org.pgrewind4j.core.JsonSchemas;
import org.pgrewind4j.core.LibraryVersion;
import org.pgrewind4j.core.NeededWal;
import org.pgrewind4j.core.NeededWal.Origin;
import org.pgrewind4j.core.Plans;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.ThinPair;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.WalSegmentName;

/** Plans and reports as data. Those of the other verdicts are held against the schema where tests make them. */
@Tag("server")
class PlanJsonTest {

    private static final DataPath PATH = DataPath.of("base/5/16384");

    @TempDir
    static Path made;

    private static ThinPair pair;

    @BeforeAll
    static void diverge() throws IOException {
        pair = ThinPair.in(made);
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    @BeforeEach
    void restore() throws IOException {
        pair.restore();
    }

    /** One action of each kind, and what it is written as. */
    private static Map<FileAction, String> actions() {
        Map<FileAction, String> actions = new LinkedHashMap<>();
        actions.put(new CreateDirectory(PATH), "{'action': 'createDirectory', 'path': 'base/5/16384'}");
        actions.put(
                new CreateTablespaceLink(PATH, "/space \"1\"\t"),
                "{'action': 'createTablespaceLink', 'path': 'base/5/16384', 'location': '/space \\\"1\\\"\\u0009'}");
        actions.put(
                new CopyFile(PATH, 3L << 40), "{'action': 'copyFile', 'path': 'base/5/16384', 'size': 3298534883328}");
        actions.put(
                new CopyRanges(PATH, List.of(new FileRange(PATH, 0, 8192), new FileRange(PATH, 24576, 16384)), 65536),
                "{'action': 'copyRanges', 'path': 'base/5/16384', 'finalSize': 65536,"
                        + " 'ranges': [[0, 8192], [24576, 16384]]}");
        actions.put(new Truncate(PATH, 8192), "{'action': 'truncate', 'path': 'base/5/16384', 'size': 8192}");
        actions.put(new RestoreWal(PATH, 7), "{'action': 'restoreWal', 'path': 'base/5/16384', 'size': 7}");
        actions.put(
                new RepeatWal(PATH, 7, new Lsn(0x500028)),
                "{'action': 'repeatWal', 'path': 'base/5/16384', 'size': 7, 'end': '0/500028'}");
        actions.put(
                new WriteConfiguration(PATH, List.of("primary_conninfo")),
                "{'action': 'writeConfiguration', 'path': 'base/5/16384', 'settings': ['primary_conninfo']}");
        actions.put(new UpdateFile(PATH, 9), "{'action': 'updateFile', 'path': 'base/5/16384', 'size': 9}");
        actions.put(
                new ClearPath(SourceFile.directory(PATH)),
                "{'action': 'clearPath', 'path': 'base/5/16384', 'needed': 'DIRECTORY'}");
        actions.put(
                new SetAttributes(
                        PATH,
                        new BackupEntry.Attributes(0640, Optional.of("postgres"), Optional.empty()),
                        Optional.of(Instant.ofEpochSecond(1))),
                "{'action': 'setAttributes', 'path': 'base/5/16384', 'mode': '640', 'user': 'postgres',"
                        + " 'group': null, 'modified': '1970-01-01T00:00:01Z'}");
        actions.put(new RemoveFile(PATH), "{'action': 'removeFile', 'path': 'base/5/16384'}");
        actions.put(new RemoveDirectory(PATH), "{'action': 'removeDirectory', 'path': 'base/5/16384'}");
        return actions;
    }

    @Test
    void writesEveryKindOfAction() {
        for (Map.Entry<FileAction, String> action : actions().entrySet()) {
            JsonWriter json = new JsonWriter().beginArray("actions");
            PlanJson.write(action.getKey(), json);
            assertThat(json.finish())
                    .isEqualTo("{\n  'actions': [\n    %s\n  ]\n}\n"
                            .formatted(action.getValue())
                            .replace('\'', '"'));
        }
        assertThat(actions().keySet())
                .extracting(Object::getClass)
                .containsExactlyInAnyOrder(FileAction.class.getPermittedSubclasses());
    }

    @Test
    void tellsAllOfAPlanAndItsReport() throws IOException {
        RewindPlan plan = pair.rewind().verify(Verify.RESULT).plan();
        JsonNode json = new ObjectMapper().readTree(plan.toJson());

        JsonSchemas.assertValid(plan);
        assertThat(json.at("/schemaVersion").intValue()).isEqualTo(1);
        assertThat(json.at("/target").textValue()).isEqualTo(pair.target().toString());
        assertThat(json.at("/source").textValue()).isEqualTo(pair.source().description());
        assertThat(json.at("/systemIdentifier").textValue())
                .isEqualTo(Long.toUnsignedString(pair.source().controlFile().systemIdentifier()));
        assertThat(json.at("/release").textValue()).isEqualTo("17");
        assertThat(json.at("/libraryVersion").textValue()).isEqualTo(LibraryVersion.current());
        assertThat(plan)
                .hasToString("rewind of \"" + pair.target() + "\" from "
                        + pair.source().description() + ": REWIND, diverged at "
                        + plan.divergence().orElseThrow().position() + ", WAL up to "
                        + plan.targetEnd().orElseThrow() + " is lost, "
                        + plan.actions().size() + " changes, "
                        + plan.bytes().total() + " bytes to copy");
        assertThat(json.at("/verdict").textValue()).isEqualTo("REWIND");
        assertThat(names(json.get("milliseconds"))).containsExactly("COLLECT", "SCAN", "DECIDE");
        assertThat(json.at("/lostWal/from").textValue())
                .isEqualTo(json.at("/divergence/position").textValue());
        assertThat(json.at("/lostWal/to").textValue())
                .isEqualTo(json.at("/targetEnd").textValue());
        assertThat(json.at("/redo").textValue())
                .isEqualTo(plan.redo().orElseThrow().toString());
        assertThat(json.at("/bytes/total").longValue()).isEqualTo(plan.bytes().total());
        assertThat(json.get("actions")).hasSameSizeAs(plan.actions());
        assertThat(texts(json.get("phases"), "phase")).containsExactly("STAGE", "SEAL", "APPLY", "VERIFY");
        assertThat(json.at("/phases/0/bytes").longValue())
                .isEqualTo(plan.bytes().total());

        Instant before = Instant.now();
        RewindReport report = plan.execute();
        JsonSchemas.assertValid(report);
        JsonNode done = new ObjectMapper().readTree(report.toJson());
        for (String same : List.of(
                "libraryVersion",
                "target",
                "source",
                "systemIdentifier",
                "release",
                "verdict",
                "divergence",
                "lostWal")) {
            assertThat(done.get(same)).as(same).isEqualTo(json.get(same));
        }
        assertThat(plan.planned().orElseThrow()).isBefore(before);
        assertThat(report.started().orElseThrow())
                .isBetween(before, report.finished().orElseThrow());
        assertThat(names(done.get("milliseconds")))
                .containsExactly("COLLECT", "SCAN", "DECIDE", "STAGE", "SEAL", "APPLY", "VERIFY");
        assertThat(report)
                .hasToString("\"" + pair.target() + "\" from " + pair.source().description() + ": REWIND, "
                        + report.bytes().total() + " bytes copied, " + report.filesChanged() + " files changed, "
                        + report.filesRemoved() + " removed, WAL from "
                        + report.lostWal().orElseThrow().from() + " to "
                        + report.lostWal().orElseThrow().to() + " lost, replay from "
                        + report.redo().orElseThrow() + " to "
                        + report.replayEnd().orElseThrow() + ", in "
                        + Duration.between(
                                        report.started().orElseThrow(),
                                        report.finished().orElseThrow())
                                .toMillis()
                        + " ms");
        assertThat(done.at("/bytes")).isEqualTo(json.at("/bytes"));
        assertThat(done.at("/verification/walTo").textValue())
                .isEqualTo(json.at("/replayEnd").textValue());
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> texts(JsonNode array, String member) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(element -> element.get(member).textValue())
                .toList();
    }

    @Test
    void tellsWhatAPlanNeedsOfDisksAndWal() {
        RewindPlan plan = pair.plan();

        assertThat(plan.disk()).isNotEmpty().allSatisfy(space -> {
            assertThat(space.suffices()).isTrue();
            assertThat(space.path()).isDirectory();
        });
        assertThat(plan.disk().stream().mapToLong(DiskSpace::needed).sum())
                .isGreaterThan(plan.bytes().total());
        assertThat(plan.wal())
                .extracting(NeededWal::segment)
                .isEqualTo(Plans.facts(plan)
                        .walFiles()
                        .needed(plan.redo().orElseThrow(), plan.replayEnd().orElseThrow()));
        assertThat(plan.wal()).extracting(NeededWal::origin).containsOnly(Origin.SOURCE);
    }

    @Test
    void tellsWhereWalComesFromThatTheSourceLost() throws IOException {
        WalSegmentName first = pair.plan().wal().get(0).segment();
        Path ofSource = made.resolve("source/data/pg_wal").resolve(first.fileName());
        Path away = made.resolve(first.fileName());
        Files.move(ofSource, away);
        try {
            RewindPlan refused = pair.plan();
            assertThat(refused.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(refused.wal().get(0)).isEqualTo(new NeededWal(first, Origin.MISSING));
            JsonSchemas.assertValid(refused);

            RewindPlan restored = pair.rewind().restorable(first::equals).plan();
            assertThat(restored.verdict()).isEqualTo(Verdict.REWIND);
            assertThat(restored.wal().get(0)).isEqualTo(new NeededWal(first, Origin.RESTORED_BY_STANDBY));
            JsonSchemas.assertValid(restored);

            RewindPlan archived =
                    pair.rewind().walFrom(new DirectoryWalSource(made)).plan();
            assertThat(archived.wal().get(0)).isEqualTo(new NeededWal(first, Origin.ARCHIVE));
            assertThat(archived.actions()).hasAtLeastOneElementOfType(RestoreWal.class);
            JsonSchemas.assertValid(archived);
        } finally {
            Files.move(away, ofSource);
        }
    }

    @Test
    void schemaTellsWhatIsNoPlan() {
        String json = pair.plan().toJson();

        assertThat(JsonSchemas.isPlan(json)).isTrue();
        assertThat(JsonSchemas.isPlan(json.replace("\"SOURCE\"", "\"ELSEWHERE\"")))
                .isFalse();
        assertThat(JsonSchemas.isPlan(json.replace("\"redo\"", "\"undo\""))).isFalse();
        assertThat(JsonSchemas.isPlan(json.replace("removeFile", "burnFile"))).isFalse();
    }
}
