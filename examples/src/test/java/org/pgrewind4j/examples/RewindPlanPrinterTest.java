package org.pgrewind4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import picocli.CommandLine;

@Tag("server")
class RewindPlanPrinterTest {

    private static final String[] FIELDS = {
        "schemaVersion",
        "libraryVersion",
        "target",
        "source",
        "systemIdentifier",
        "release",
        "verdict",
        "planned",
        "milliseconds",
        "problems",
        "warnings",
        "divergence",
        "redo",
        "checkPoint",
        "targetEnd",
        "lostWal",
        "replayEnd",
        "blockSelection",
        "blocksWithoutImage",
        "sourceBytes",
        "bytes",
        "comparedBytes",
        "phases",
        "disk",
        "wal",
        "actions"
    };

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsWhatARewindWouldDoAndThenThatItIsDone() throws IOException {
        PostgresServer server =
                PostgresServer.builder(ServerRelease.newest()).withChecksums().build();
        try (Failover failover = Failover.of(server)) {
            PostgresServer old = failover.primary();
            old.execute("CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) i");
            Lsn divergence = old.currentWalLsn();
            PostgresServer promoted = failover.promoteStandby();
            old.execute("DELETE FROM t", "CREATE TABLE lost (id int)");
            promoted.execute("INSERT INTO t VALUES (0)");

            assertRefusesRunningServers(old, promoted);
            old.stop(StopMode.FAST);
            promoted.stop(StopMode.FAST);
            JsonNode plan = plan(0, old, promoted);
            assertTellsTheRewind(plan);
            assertThat(Lsn.parse(plan.at("/divergence/position").textValue())).isGreaterThanOrEqualTo(divergence);
            assertReportsWhatIsLost(
                    old, promoted, plan.at("/divergence/position").textValue());

            SmallestRewind.main(new String[] {
                old.dataDirectory().toString(), promoted.dataDirectory().toString()
            });
            JsonNode afterwards = plan(0, old, promoted);
            assertThat(afterwards.get("verdict").textValue()).isEqualTo("ALREADY_REWOUND");
            assertThat(afterwards.get("redo").isNull()).isTrue();
            assertThat(afterwards.get("divergence").isNull()).isTrue();
            assertThat(afterwards.get("actions")).isEmpty();
        }
    }

    private void assertRefusesRunningServers(PostgresServer old, PostgresServer promoted) throws IOException {
        JsonNode plan = plan(3, old, promoted);
        assertThat(plan.get("verdict").textValue()).isEqualTo("REFUSED");
        assertThat(plan.findValuesAsText("kind")).contains("TARGET_RUNNING", "SOURCE_NOT_STOPPED");
        assertThat(plan.at("/problems/0/message").textValue()).startsWith("a server runs on the target: ");
        assertThat(plan.at("/problems/0/cure").textValue()).startsWith("stop it");
        assertThat(plan.get("actions")).isEmpty();
    }

    private static void assertTellsTheRewind(JsonNode plan) {
        assertThat(plan.get("schemaVersion").intValue()).isEqualTo(1);
        assertThat(plan.get("verdict").textValue()).isEqualTo("REWIND");
        assertThat(plan.get("problems")).isEmpty();
        assertThat(plan.at("/divergence/kind").textValue()).isEqualTo("TARGET_IS_ANCESTOR");
        assertThat(plan.at("/divergence/timeline").intValue()).isEqualTo(1);
        Lsn divergence = Lsn.parse(plan.at("/divergence/position").textValue());
        assertThat(lsn(plan, "redo")).isLessThanOrEqualTo(lsn(plan, "checkPoint"));
        assertThat(lsn(plan, "checkPoint")).isLessThan(divergence);
        assertThat(lsn(plan, "targetEnd")).isGreaterThan(divergence);
        assertThat(lsn(plan, "replayEnd")).isGreaterThan(divergence);
        long copied = 0;
        for (JsonNode action : plan.get("actions")) {
            assertThat(action.get("path").textValue()).isNotEmpty();
            if (action.get("action").textValue().equals("copyFile")) {
                copied += action.get("size").longValue();
            }
            for (JsonNode range : action.path("ranges")) {
                copied += range.get(1).longValue();
            }
        }
        assertThat(plan.at("/bytes/total").longValue()).isEqualTo(copied);
        assertThat(plan.at("/bytes/blocks").longValue() * 8192)
                .isEqualTo(plan.at("/bytes/blockBytes").longValue())
                .isPositive();
        assertThat(plan.findValuesAsText("action")).contains("copyRanges", "copyFile", "removeFile");
    }

    private static void assertReportsWhatIsLost(PostgresServer old, PostgresServer promoted, String divergence)
            throws IOException {
        StringWriter report = new StringWriter();
        Path page = Files.createTempFile("lost", ".html");
        int status = DivergenceReportPrinter.commandLine()
                .setOut(new PrintWriter(report))
                .execute(
                        "--html=" + page,
                        old.dataDirectory().toString(),
                        promoted.dataDirectory().toString());

        assertThat(status).isEqualTo(3);
        assertThat(report.toString())
                .startsWith("What a rewind loses: data directory \"" + old.dataDirectory() + "\"\n")
                .contains("  diverged at           " + divergence + ", timeline 1\n")
                .contains("  rows of user tables   1,000 deleted\n");
        assertThat(page).content().startsWith("<!DOCTYPE html>").contains("<b>public.t</b>: 1,000 deleted");
        Files.delete(page);
    }

    @Test
    void saysWhatItCannotRead(@TempDir Path empty) {
        assertThat(execute("-D", empty.toString(), "--source-pgdata", empty.toString()))
                .isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .isEqualTo("cannot read the source \"" + empty
                        + "\": the source \"" + empty
                        + "\" is not a data directory: it has no \"global/pg_control\"\n"
                        + "HINT: check the path: it must be a data directory.\n");
    }

    @Test
    void needsBothDirectories() {
        assertThat(execute("-D", "here")).isEqualTo(2);
        assertThat(err.toString()).startsWith("Missing required option: '--source-pgdata=DIRECTORY'");
    }

    private JsonNode plan(int exitStatus, PostgresServer target, PostgresServer source) throws IOException {
        assertThat(execute(
                        "--target-pgdata",
                        target.dataDirectory().toString(),
                        "--source-pgdata",
                        source.dataDirectory().toString()))
                .as(err.toString())
                .isEqualTo(exitStatus);
        JsonNode plan = new ObjectMapper().readTree(out.toString());
        List<String> fields = new ArrayList<>();
        plan.fieldNames().forEachRemaining(fields::add);
        assertThat(fields).containsExactly(FIELDS);
        out.getBuffer().setLength(0);
        return plan;
    }

    private int execute(String... arguments) {
        CommandLine command = RewindPlanPrinter.commandLine();
        return command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }

    private static Lsn lsn(JsonNode plan, String field) {
        return Lsn.parse(plan.get(field).textValue());
    }
}
