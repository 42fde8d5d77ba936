package org.pgrewind4j.examples.pgbackrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.Maps;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.AfterSeal;
import org.pgrewind4j.core.Cancellation;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.RewindCancelledException;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.TablespacePolicy;
import org.pgrewind4j.core.restore.DeltaRestore;
import org.pgrewind4j.core.restore.RestorePlan;
import org.pgrewind4j.examples.PublishedSchema;
import org.pgrewind4j.testserver.Backrest;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.ServerTool;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.pgbackrest.BackrestBackup;
import org.pgrewind4j.transport.pgbackrest.BackrestRepository;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * The command and pgBackRest's own, with the same arguments over two copies of a data directory, make the same of them;
 * and a server that is started on it stops where it was told to.
 */
@Tag("server")
class PgBackRestRestoreTest {

    @TempDir
    private static Path folder;

    private static Backrest backrest;
    private static PostgresServer server;
    private static Path theirs;
    private static String program;

    /** What stands for places in the WAL in the tests' arguments. */
    private static final Map<String, String> PLACES = new HashMap<>();

    @BeforeAll
    static void makeBackup() throws IOException {
        ServerTool.handOver(folder);
        Path home = Files.createDirectory(folder.resolve("home"));
        backrest = Backrest.require(home);
        server = backrest.server(ServerRelease.of("15")).withChecksums().build();
        server.initialize();
        backrest.configure(
                server,
                "repo2-path=" + folder.resolve("repository"),
                "repo2-retention-full=2",
                "[global:restore]",
                "recovery-option=recovery_end_command=true",
                "repo1-path=" + folder.resolve("empty"),
                "[main:restore]",
                "recovery-option=primary_conninfo=host=nowhere user=''us er''",
                "recovery-option=primary_slot_name=old_primary");
        server.start();
        backrest.run("stanza-create");
        server.execute("ALTER SYSTEM SET recovery_target_name = 'left over'", "CREATE TABLE t (id bigint)");
        backrest.run("backup", "--compress-type=gz", "--repo2-bundle");
        server.execute("INSERT INTO t VALUES (-1)", "SELECT pg_create_restore_point('here')", "SELECT pg_sleep(1.1)");
        server.execute("INSERT INTO t SELECT txid_current()");
        PLACES.put("XID", server.value("SELECT max(id) FROM t"));
        PLACES.put("LSN", server.value("SELECT pg_current_wal_lsn()"));
        PLACES.put("TIME", server.value("SELECT to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS.USOF')"));
        server.execute("INSERT INTO t VALUES (-2)");
        String segment = server.value("SELECT pg_walfile_name(pg_switch_wal())");
        for (int i = 0; i < 300 && !isArchived(segment); i++) {
            server.execute("SELECT pg_sleep(0.1)");
        }
        server.stop(StopMode.FAST);
        theirs = server.copyTo(folder.resolve("theirs")).dataDirectory();
        program = "/usr/bin/pgbackrest";
    }

    private static boolean isArchived(String segment) {
        return server.value("SELECT coalesce(max(last_archived_wal), '') >= '" + segment + "' FROM pg_stat_archiver")
                .equals("t");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    /** Each begins with what the server of the one before has left. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--type=immediate                                                    | 0 | t",
                "--type=name --target=here --target-action=pause                     | 1 | t",
                "--type=xid --target=XID                                             | 2 | t",
                "--type=lsn --target=LSN --target-timeline=current                   | 2 | t",
                "--type=time --target=TIME --target-action=promote --archive-mode=off | 2 | f",
                "--type=default --archive-mode=off --recovery-option=primary_conninfo=  | 3 | f",
                "--type=standby --repo=2                                             | 3 | t",
            })
    void serverStopsWhereItWasTold(String words, int rows, String isInRecovery) throws IOException {
        restoreBoth(words);

        server.start();

        await(rows + " " + isInRecovery);
    }

    /** Replay continues for a while after the first connection. */
    private static void await(String expected) {
        String question = "SELECT (SELECT count(*) FROM t) || ' ' || left(pg_is_in_recovery()::text, 1)";
        for (int i = 0; i < 100 && !server.value(question).equals(expected); i++) {
            server.execute("SELECT pg_sleep(0.05)");
        }
        assertThat(server.value(question)).as(server::log).isEqualTo(expected);
    }

    @AfterEach
    void stopServer() {
        if (server.isRunning()) {
            server.stop(StopMode.FAST);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--type=none",
                "--type=preserve",
                "--type=xid --target=XID --target-exclusive --process-max=2 --no-log-timestamp"
            })
    void settingsAreTheSame(String words) throws IOException {
        for (Path target : List.of(theirs, server.dataDirectory())) {
            Files.writeString(target.resolve("postgresql.auto.conf"), "port = 1 # kept\n");
            Files.deleteIfExists(target.resolve("recovery.signal"));
            Files.writeString(target.resolve("standby.signal"), "");
        }
        restoreBoth(words);
        assertThat(Files.readString(server.dataDirectory().resolve("postgresql.auto.conf"))
                        .contains("kept"))
                .isEqualTo(words.contains("preserve"));
    }

    private static void restoreBoth(String words) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--delta", "--cmd=" + program, "--log-level-console=info"));
        for (String word : words.split(" +", -1)) {
            int equals = word.indexOf('=') + 1;
            arguments.add(
                    word.substring(0, equals) + PLACES.getOrDefault(word.substring(equals), word.substring(equals)));
        }
        List<String> natives = new ArrayList<>(arguments);
        natives.add("--pg1-path=" + theirs);
        ServerTool.handOver(theirs);
        backrest.run("restore", natives.toArray(String[]::new));
        List<String> ours = new ArrayList<>(arguments);
        ours.addAll(List.of(
                "--config=" + folder.resolve("home/pgbackrest.conf"),
                "--stanza",
                Backrest.STANZA,
                "restore",
                "--db-path=" + server.dataDirectory(),
                "--verify"));

        Result result = run(ours, Map.of());

        assertThat(result.status()).as(result.err() + result.out()).isZero();
        // The first repository has nothing: the next one is taken.
        assertThat(result.err().contains("WARN: repo1: ")).isEqualTo(!words.contains("--repo=2"));
        assertThat(result.out())
                .contains("INFO: repo2: restore backup set ", "INFO: restore command end: completed successfully (");
        giveToServer();
        Map<String, String> expected = tree(theirs);
        if (words.equals("--type=none")) {
            // Up to 2.46 there is one that has no business there.
            expected.remove("recovery.signal");
        }
        assertThat(Maps.difference(tree(server.dataDirectory()), expected).toString())
                .isEqualTo("equal");
    }

    /** The superuser gives files to whom the backup names, which is what the servers' account is called where it is. */
    private static void giveToServer() throws IOException {
        Object owner = Files.getAttribute(theirs, "unix:uid");
        Object group = Files.getAttribute(theirs, "unix:gid");
        try (Stream<Path> all = Files.walk(server.dataDirectory())) {
            for (Path path : all.toList()) {
                Files.setAttribute(path, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(path, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    /** What a run printed. */
    private record Result(int status, String out, String err) {}

    private static Result run(List<String> arguments, Map<String, String> environment) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = PgBackRestRestore.run(
                arguments,
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.toList()) {
                tree.put(root.relativize(path).toString(), describe(root, path));
            }
        }
        return tree;
    }

    private static String describe(Path root, Path path) throws IOException {
        String mode = Integer.toOctalString((Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS));
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return mode;
        }
        String name = root.relativize(path).toString();
        byte[] content = Files.readAllBytes(path);
        if (name.equals("postgresql.auto.conf")) {
            return mode
                    + new String(content, StandardCharsets.UTF_8)
                            .replaceAll("restore on [0-9: -]{19}", "restore on DATE")
                            .replace(root.toString(), "DIRECTORY")
                            .replace("--db-path", "--pg1-path");
        }
        if (name.equals("global/pg_control")) {
            // Some releases of pgBackRest change it.
            content = ControlFile.parse(content)
                    .patch()
                    .checkPoint(Lsn.INVALID)
                    .build()
                    .toBytes();
        }
        CRC32 crc = new CRC32();
        crc.update(content);
        return mode + " " + content.length + " bytes " + Long.toHexString(crc.getValue());
    }

    @Test
    void dryRunChangesNothingAndARestoreNeedsNothingToBeThere() throws IOException {
        Path target = folder.resolve("restored");
        Path spooled = folder.resolve("home/spool/archive/main/in/000000010000000000000009");
        Files.createDirectories(spooled.getParent());
        Files.writeString(spooled, "of the cluster before");
        List<String> command = List.of(
                "--config=" + folder.resolve("home/pgbackrest.conf"),
                "--stanza=main",
                "--cmd=" + program,
                "--pg1-path=" + target);

        Result planned = run(with(command, "--dry-run", "--json"), Map.of());

        assertThat(planned.status()).as(planned.err()).isZero();
        assertThat(planned.out()).startsWith("{").contains("\"verdict\": \"RESTORE\"");
        PublishedSchema.RESTORE_PLAN.validate(planned.out());
        assertThat(target).doesNotExist();
        assertThat(spooled).exists();

        Result restored = run(command, Map.of("PGBACKREST_TARGET_TIMELINE", "latest"));

        assertThat(restored.status()).as(restored.err()).isZero();
        assertThat(spooled.getParent().getParent()).doesNotExist();
        assertThat(Files.readString(target.resolve("postgresql.auto.conf")))
                .endsWith("recovery_target_timeline = 'latest'\n");
        assertThat(run(command, Map.of()).err()).contains("ERROR: [040]: unable to restore to path");
        assertThat(run(with(command, "--resume", "--log-level-console=info"), Map.of())
                        .out())
                .contains("INFO: no interrupted restore to finish");
    }

    /** A container's or another host's server has a process id that says nothing here. */
    @Test
    void takesAServersFileForStaleOnlyByForce() throws IOException {
        Path target = Files.createDirectory(folder.resolve("shared"));
        Files.writeString(target.resolve("PG_VERSION"), "15\n");
        Files.writeString(target.resolve("postmaster.pid"), "99999999\n/data\n1763790000\n5432\n\n\n");
        List<String> command = List.of(
                "--config=" + folder.resolve("home/pgbackrest.conf"),
                "--stanza=main",
                "--pg1-path=" + target,
                "--delta");

        assertThat(run(command, Map.of()).status()).isEqualTo(38);
        assertThat(run(with(command, "--resume"), Map.of()).status()).isEqualTo(38);

        Result forced = run(with(command, "--force"), Map.of());
        assertThat(forced.status()).as(forced.err()).isZero();
        assertThat(target.resolve("postmaster.pid")).doesNotExist();
    }

    @Test
    void whatWasInterruptedIsFinishedWithoutDelta() throws Exception {
        Path target = folder.resolve("interrupted");
        List<String> command =
                List.of("--config=" + folder.resolve("home/pgbackrest.conf"), "--stanza=main", "--pg1-path=" + target);
        Path lock = target.resolve("postmaster.pid");
        AtomicReference<String> content = new AtomicReference<>();
        interrupt(target, () -> content.set(Files.readString(lock)));
        // As a machine leaves it that went down.
        Files.writeString(lock, content.get());
        Files.createDirectory(target.resolve("global"));

        // Not 40, though it is not empty; but it was begun with other recovery settings than this command has.
        assertThat(run(command, Map.of()).status()).isEqualTo(50);
        Result resumed = run(with(command, "--resume"), Map.of());

        assertThat(resumed.status()).as(resumed.err()).isZero();
        assertThat(target.resolve("global/pg_control")).exists();
        assertThat(lock).doesNotExist();
        assertThat(run(command, Map.of()).status()).isEqualTo(40);
    }

    /** Stops a restore just after its seal. */
    private static void interrupt(Path target, ThrowingCallable meanwhile) throws IOException {
        try (BackrestBackup backup = BackrestRepository.at(folder.resolve("repository"), Backrest.STANZA)
                .open()
                .latest()) {
            Cancellation cancellation = Cancellation.create();
            RestorePlan plan = DeltaRestore.of(target)
                    .from(backup)
                    .newTablespaces(TablespacePolicy.anywhere())
                    .cancelledBy(cancellation)
                    .afterSeal(AfterSeal.STOP)
                    .listener(new RewindListener() {
                        @Override
                        public void phaseStarted(Phase phase) {
                            if (phase == Phase.APPLY) {
                                assertThatCode(meanwhile).doesNotThrowAnyException();
                                cancellation.cancel();
                            }
                        }
                    })
                    .plan();
            assertThatThrownBy(plan::execute)
                    .isInstanceOf(RewindCancelledException.class)
                    .extracting("targetState")
                    .isEqualTo(RewindException.TargetState.RESUMABLE);
        }
    }

    private static List<String> with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }

    /** As pgBackRest from 2.55 on; the server would say so when it is started, over the target that is gone then. */
    @Test
    void refusesABackupThatTheLatestTimelineOfTheArchiveDoesNotDescendFrom() throws IOException {
        Path archive = folder.resolve("repository/archive/main/15-1");
        Path target = folder.resolve("never");
        List<String> command = List.of(
                "--config=" + folder.resolve("home/pgbackrest.conf"),
                "--stanza=main",
                "--cmd=" + program,
                "--pg1-path=" + target,
                "--dry-run");
        // Promoted from an earlier backup, by accident.
        Files.writeString(archive.resolve("00000002.history"), "1\t0/1000028\tno recovery target specified\n");
        try {
            Result result = run(command, Map.of());

            assertThat(result.status()).isEqualTo(58);
            assertThat(result.err())
                    .contains(
                            "ERROR: [058]: recovery along the latest timeline, 2, is not possible from this backup: it"
                                    + " left the backup's timeline 1 at 0/1000028, before the backup began at 0/");
            assertThat(run(with(command, "--target-timeline=current"), Map.of()).status())
                    .isZero();
            assertThat(target).doesNotExist();
        } finally {
            Files.delete(archive.resolve("00000002.history"));
        }
    }

    @Test
    void endsWithPgBackRestsStatuses() throws IOException {
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.writeString(full.resolve("file"), "");
        Path killed = Files.createDirectory(folder.resolve("killed"));
        Files.writeString(killed.resolve("postmaster.pid"), "99999999\n/data\n1763790000\n5432\n\n\n");
        Path included = Files.createDirectory(folder.resolve("included"));
        Files.writeString(included.resolve("more.conf"), "process-max=1\n");
        ServerTool.handOver(included);
        String config = "--config=" + folder.resolve("home/pgbackrest.conf");
        for (List<String> arguments : List.of(
                List.of("--pg1-path=" + full),
                List.of("--pg1-path=" + full, "--delta"),
                List.of("--pg1-path=" + killed, "--delta"),
                List.of("--pg1-path=" + killed, "--config-include-path=" + included),
                List.of("--pg1-path=" + full, "help"),
                List.of("--pg1-path=" + folder.resolve("new"), "--set=20200101-000000F"),
                List.of("--pg1-path=" + folder.resolve("new"), "--type=time", "--target=2000-01-01 00:00:00"),
                List.of("--pg1-path=" + folder.resolve("new"), "--type=time", "--target=yesterday"),
                List.of("--pg1-path=" + folder.resolve("new"), "--type=time", "--target=2026-01-01 00:00:00+19"),
                List.of("--pg1-path=" + folder.resolve("new"), "--type=time"),
                List.of("--pg1-path=" + folder.resolve("new"), "--type=never"),
                List.of("--pg1-path=" + folder.resolve("new"), "--target=here"),
                List.of("--pg1-path=new"),
                List.of("--pg1-path=" + folder.resolve("new"), "--tablespace-map=other=/tmp"),
                List.of("--pg1-path=" + folder.resolve("new"), "--repo=3"),
                List.of("--pg1-path=" + folder.resolve("new"), "--start-fast"))) {
            List<String> command = new ArrayList<>(List.of(config, "--stanza=main", "restore"));
            command.addAll(arguments);

            Result result = run(command, Map.of());

            int expected = ServerTool.run(Path.of(program), Map.of(), command).exitCode();
            assertThat(result.status()).as(arguments + result.err()).isEqualTo(expected);
            assertThat(result.err()).contains("ERROR: [0" + expected + "]: ");
        }
        try (Stream<Path> left = Files.list(full)) {
            assertThat(left).containsExactly(full.resolve("file"));
        }
    }
}
