package org.pgrewind4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.control.ControlFile;
import picocli.CommandLine;

/** What it prints is what PostgreSQL 15's own {@code pg_waldump} prints, but for the descriptions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("server")
class WaldumpTest {

    /** A record's line: up to the type's name, the description, the blocks. */
    private static final Pattern RECORD =
            Pattern.compile("(rmgr: .*, desc: (?:UNKNOWN \\([0-9a-f]+\\)|\\S+)) .*?(, blkref #.*)?$");

    private final Oracle oracle = Oracle.require();

    private final PostgresServer server = PostgresServer.builder(
                    ServerRelease.installed15().orElseThrow())
            .walSegmentMegabytes(1)
            .setting("wal_compression", "lz4")
            .build();

    private Lsn begin = Lsn.INVALID;
    private Lsn end = Lsn.INVALID;

    @BeforeAll
    void writeWal() {
        server.initialize();
        server.start();
        server.switchWal();
        begin = server.currentWalLsn();
        write(server);
        end = server.currentWalLsn();
        server.stop(StopMode.FAST);
    }

    private static void write(PostgresServer server) {
        server.execute(
                "CREATE TABLE t AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 5000) g",
                "CREATE INDEX ON t USING hash (word)",
                "CHECKPOINT",
                "UPDATE t SET word = 'new' WHERE id % 10 = 0",
                "VACUUM t");
    }

    @AfterAll
    void removeServer() {
        server.close();
    }

    private static CommandResult waldump(List<String> options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Waldump.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int exitCode = command.execute(options.toArray(String[]::new));
        return new CommandResult("waldump", exitCode, out.toString(), err.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-s BEGIN",
                "-s BEGIN -b",
                "-s BEGIN -q",
                "-s BEGIN -n 1",
                "-s BEGIN -z",
                "-s BEGIN --stats=rmgr",
                "-s BEGIN --stats=record",
                "-s BEGIN -q --stats",
                "-s BEGIN -n 100 -z",
                "-s BEGIN -e END",
                "-s BEGIN -e END -b -n 1000000",
                "-s INSIDE -n 10",
                "-s INSIDE --stats=record -e END",
                "-s BEGIN -r heap",
                "-s BEGIN -r Heap2 -r HASH -b",
                "-s BEGIN -r heap --stats=record -n 7",
                "-s BEGIN -r custom128",
                "-s BEGIN -t 1 -n 3",
                "-r list",
                "FIRST",
                "FIRST SECOND",
                "FIRST -s BEGIN -e END",
                "FIRST SECOND -n 1000000 -b",
                "SECOND -z",
                "SECOND FIRST",
                "SECOND -s BEGIN",
                "FIRST -e 0/1"
            })
    void printsWhatPgWaldumpPrints(String line) {
        Path directory = server.dataDirectory().resolve("pg_wal");
        WalSegmentName first = WalSegmentName.containing(new TimelineId(1), begin, 1 << 20);
        String text = line.replace("FIRST", first.fileName())
                .replace("SECOND", first.next().fileName())
                .replace("BEGIN", begin.toString())
                .replace("INSIDE", begin.plus(1000).toString())
                .replace("END", end.toString());
        List<String> options = List.of((text + " -p " + directory).split(" ", -1));
        CommandResult ours = waldump(options);
        CommandResult theirs = oracle.run("pg_waldump", options.toArray(String[]::new));

        assertThat(ours.stdout().lines().toList())
                .isEqualTo(theirs.stdout()
                        .lines()
                        .map(WaldumpTest::withoutDescription)
                        .toList());
        String error =
                theirs.stderr().replace("pg_waldump: hint: Try \"pg_waldump --help\" for more information.\n", "");
        assertThat("pg_" + ours.stderr()).isEqualTo(error.isEmpty() ? "pg_" : error);
        assertThat(ours.exitCode()).isEqualTo(theirs.exitCode());
    }

    private static String withoutDescription(String line) {
        return RECORD.matcher(line).replaceFirst("$1$2");
    }

    @Test
    void goesOverAPromotionInADataDirectoryOfAnyRelease() throws IOException {
        try (Failover failover =
                Failover.of(PostgresServer.builder(ServerRelease.of("10")).build())) {
            write(failover.primary());
            PostgresServer promoted = failover.promoteStandby();
            promoted.execute("CREATE TABLE after_promotion (id int)");
            promoted.stop(StopMode.FAST);
            ControlFile control = ControlFile.parse(Files.readAllBytes(
                    promoted.dataDirectory().resolve("global").resolve("pg_control")));
            CommandResult result =
                    waldump(List.of("--path", promoted.dataDirectory().toString()));

            assertThat(result.stdout()).contains("desc: END_OF_RECOVERY").contains("desc: CHECKPOINT_SHUTDOWN");
            assertThat(result.stderr())
                    .startsWith("waldump: error: error in WAL record at " + control.checkPoint()
                            + ": invalid record length at ")
                    .endsWith(": wanted 24, got 0\n");
            assertThat(result.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void takesAFileByItsPath() {
        WalSegmentName first = WalSegmentName.containing(new TimelineId(1), begin, 1 << 20);
        Path directory = server.dataDirectory().resolve("pg_wal");
        CommandResult named = waldump(List.of("-p", directory.toString(), first.fileName()));
        assertThat(named.stdout()).isNotEmpty();
        assertThat(waldump(List.of(directory.resolve(first.fileName()).toString()))
                        .stdout())
                .isEqualTo(named.stdout());
    }

    @Test
    void saysWhatIsWrong() {
        String directory = server.dataDirectory().resolve("base").toString();
        assertThat(waldump(List.of("-p", directory)).stderr())
                .isEqualTo("waldump: error: " + directory + ": there is no WAL segment\n");
        assertThat(waldump(List.of("-r", "nothing")).stderr())
                .startsWith("resource manager \"nothing\" does not exist\n");
        assertThat(waldump(List.of("-s", "here")).exitCode()).isEqualTo(2);
    }
}
