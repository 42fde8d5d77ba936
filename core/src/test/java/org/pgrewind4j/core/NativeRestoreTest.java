package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.collect.Maps;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.restore.DeltaRestore;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.core.restore.RestorePlan;
import org.pgrewind4j.core.restore.RestoreReport;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.ServerTool;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.pgbackrest.BackrestRepository;
import org.pgrewind4j.wal.control.ControlFile;

/** A restore and pgBackRest's own, over copies of one old primary, make the same of it to the last byte. */
@Tag("server")
class NativeRestoreTest {

    private static final Path PROGRAM = Path.of("/usr/bin/pgbackrest");
    private static final String CONNINFO = "host=db2 user=replicator";

    @TempDir
    Path folder;

    private Path sockets;

    @ParameterizedTest
    @ValueSource(strings = {"--compress-type=gz", "--compress-type=none --repo1-bundle"})
    void makesWhatPgBackRestMakes(String options) throws IOException {
        assumeTrue(Files.isExecutable(PROGRAM) || System.getenv("CI") != null, "pgBackRest is not installed");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        ServerTool.handOver(folder);
        sockets = Files.createDirectory(folder.resolve("s"));
        Files.setPosixFilePermissions(sockets, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (Failover failover = Failover.of(PostgresServer.builder(ServerRelease.of("15"))
                .setting("unix_socket_directories", sockets.toString())
                .setting("archive_mode", "on")
                .setting("archive_command", "true")
                .withChecksums()
                .build())) {
            PostgresServer old = failover.primary();
            old.execute("CREATE TABLE t AS SELECT g AS id, repeat('x', 100) AS v FROM generate_series(1, 20000) g");
            PostgresServer promoted = failover.promoteStandby();
            old.execute("UPDATE t SET v = 'lost' WHERE id % 1000 = 0", "CREATE TABLE junk AS SELECT 1 AS id");
            promoted.execute(
                    "UPDATE t SET v = 'new' WHERE id % 900 = 0",
                    "ALTER SYSTEM SET recovery_target_timeline = 'latest'");
            promoted.checkpoint();
            makeBackup(promoted, options);
            old.kill();
            damage(old.dataDirectory());

            try (PostgresServer theirs = old.copy()) {
                restoreNatively(theirs.dataDirectory());
                restore(old.dataDirectory());

                Map<String, String> expected = tree(theirs.dataDirectory());
                Map<String, String> found = tree(old.dataDirectory());
                assertThat(Maps.difference(found, expected).toString()).isEqualTo("equal");
            }
        }
    }

    private void makeBackup(PostgresServer server, String options) throws IOException {
        Path hba = server.dataDirectory().resolve("pg_hba.conf");
        Files.writeString(hba, Files.readString(hba) + "local all all trust\n");
        server.execute("SELECT pg_reload_conf()");
        List<String> connection = List.of(
                "--pg1-path=" + server.dataDirectory(),
                "--pg1-port=" + server.port(),
                "--pg1-socket-path=" + sockets,
                "--pg1-user=" + PostgresServer.USER);
        run("stanza-create", connection);
        List<String> all = new ArrayList<>(connection);
        all.addAll(List.of("--no-archive-check", "--start-fast"));
        all.addAll(List.of(options.split(" ")));
        run("backup", all);
    }

    private void run(String command, List<String> options) {
        List<String> all = new ArrayList<>(List.of(
                "--no-config",
                "--stanza=new",
                "--repo1-path=" + folder.resolve("repository"),
                "--lock-path=" + folder.resolve("lock"),
                "--log-level-console=warn",
                "--log-level-file=off"));
        all.addAll(options);
        all.add(command);
        CommandResult result = ServerTool.run(PROGRAM, Map.of(), all);
        assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isZero();
    }

    private void restoreNatively(Path target) throws IOException {
        Files.deleteIfExists(target.resolve("postmaster.pid"));
        ServerTool.handOver(target);
        run(
                "restore",
                List.of(
                        "--pg1-path=" + target,
                        "--spool-path=" + folder.resolve("spool"),
                        "--delta",
                        "--type=standby",
                        "--target-timeline=latest",
                        "--recovery-option=primary_conninfo=" + CONNINFO,
                        "--recovery-option=primary_slot_name=old_primary",
                        "--recovery-option=restore_command=false"));
    }

    private void restore(Path target) throws IOException {
        try (Backup backup =
                BackrestRepository.open(folder.resolve("repository"), "new").latest()) {
            RestorePlan plan = DeltaRestore.of(target)
                    .from(backup)
                    .recovery(RecoveryGoal.standby()
                            .timeline("latest")
                            .option("primary_conninfo", CONNINFO)
                            .option("primary_slot_name", "old_primary")
                            .option("restore_command", "false"))
                    .durability(Durability.NO_SYNC)
                    .verify(Verify.RESULT)
                    .plan();
            assertThat(plan.problems()).isEmpty();
            RestoreReport report = plan.execute();
            assertThat(report.bytes().blockBytes()).isPositive();
            assertThat(report.kept().files()).isGreaterThan(500);
        }
    }

    private static void damage(Path target) throws IOException {
        Files.createDirectories(target.resolve("left/over"));
        Files.writeString(target.resolve("left/over/file"), "junk");
        Files.delete(target.resolve("pg_ident.conf"));
        Files.setPosixFilePermissions(target.resolve("pg_xact"), PosixFilePermissions.fromString("rwxr-x---"));
        Files.setLastModifiedTime(target.resolve("base/1/1259"), FileTime.fromMillis(0));
        try (RandomAccessFile file =
                new RandomAccessFile(target.resolve("base/1/1255").toFile(), "rw")) {
            file.seek(5 * 8192 + 100);
            file.write(1);
            file.setLength(file.length() + 100);
        }
    }

    /** What pgBackRest sets: kind, permissions and content, and of files the second of their last change. */
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
        Map<String, Object> found = Files.readAttributes(path, "unix:mode,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
        String text = Integer.toOctalString((Integer) found.get("mode"));
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return text;
        }
        String name = root.relativize(path).toString();
        byte[] content = content(name, Files.readAllBytes(path));
        CRC32 crc = new CRC32();
        crc.update(content);
        // Recovery settings are of this moment.
        boolean isOfNow = name.equals("postgresql.auto.conf") || name.endsWith(".signal");
        String time = isOfNow ? "" : " " + ((FileTime) found.get("lastModifiedTime")).to(TimeUnit.SECONDS);
        return text
                + time
                + String.format(Locale.ROOT, " %d bytes %08X", content.length, crc.getValue())
                + (name.equals("postgresql.auto.conf") ? new String(content, StandardCharsets.UTF_8) : "");
    }

    /** Without dates, and the checkpoint that pgBackRest before 2.51 leaves in the control file. */
    private static byte[] content(String name, byte[] content) {
        if (name.equals("postgresql.auto.conf")) {
            return new String(content, StandardCharsets.UTF_8)
                    .replaceAll("restore on [0-9: -]{19}", "restore on DATE")
                    .getBytes(StandardCharsets.UTF_8);
        }
        return name.equals("global/pg_control")
                ? ControlFile.parse(content)
                        .patch()
                        .checkPoint(Lsn.INVALID)
                        .build()
                        .toBytes()
                : content;
    }
}
