package org.pgrewind4j.core.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.Maps;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.HashedBackup;
import org.pgrewind4j.core.JsonSchemas;
import org.pgrewind4j.core.OnlineBackup;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.TreeState;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.LogicalContents;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.ServerTool;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BaseBackup;

/** An old primary is rebuilt from a backup of the new one, whatever state it is in, and follows it by a slot. */
@Tag("server")
class DeltaRestoreTest {

    @TempDir
    Path folder;

    static Stream<ServerRelease> releases() {
        return Stream.of("9.6", "13", "15", "18").map(ServerRelease::of);
    }

    @ParameterizedTest
    @MethodSource("releases")
    void oldPrimaryFollowsTheNewOneByItsSlot(ServerRelease release) throws IOException {
        try (Failover failover = Failover.of(PostgresServer.builder(release)
                .setting("max_replication_slots", "2")
                .withChecksums()
                .build())) {
            PostgresServer old = failover.primary();
            old.execute(
                    "CREATE TABLE t AS SELECT g AS id, repeat('x', 100) AS v FROM generate_series(1, 20000) g",
                    "CREATE TABLE dropped AS SELECT generate_series(1, 1000) AS id",
                    "CREATE TABLE cut AS SELECT generate_series(1, 5000) AS id");
            PostgresServer promoted = failover.promoteStandby();
            old.execute("UPDATE t SET v = 'lost' WHERE id % 1000 = 0", "CREATE TABLE junk AS SELECT 1 AS id");
            promoted.execute(
                    "SELECT pg_create_physical_replication_slot('old_primary', true)",
                    "UPDATE t SET v = 'new' WHERE id % 900 = 0",
                    "DROP TABLE dropped",
                    "DELETE FROM cut WHERE id > 10",
                    "VACUUM cut");
            Path backup = folder.resolve("backup");
            OnlineBackup.of(
                    promoted,
                    backup,
                    () -> promoted.execute(
                            "UPDATE t SET v = 'meanwhile' WHERE id % 700 = 0",
                            "CREATE TABLE meanwhile AS SELECT 1 AS id"));
            promoted.execute("UPDATE t SET v = 'later' WHERE id % 800 = 0");
            old.kill();
            damage(old.dataDirectory());
            if (release.equals(ServerRelease.newest())) {
                try (PostgresServer partial = old.copy()) {
                    halfRestore(partial.dataDirectory());
                    restore(partial, promoted, backup, folder.resolve("missing too"));
                }
            }

            RestoreReport report = restore(old, promoted, backup, folder.resolve("missing"));

            assertThat(report.bytes().blockBytes()).isPositive();
            assertThat(report.kept().files()).isGreaterThan(500);
            follow(old, promoted);
        }
    }

    @Test
    void oldPrimaryIsRebuiltFromPackedTarFiles() throws IOException {
        try (Failover failover = Failover.of(
                PostgresServer.builder(ServerRelease.of("15")).withChecksums().build())) {
            PostgresServer old = failover.primary();
            old.execute("CREATE TABLE t AS SELECT g AS id, repeat('x', 100) AS v FROM generate_series(1, 20000) g");
            PostgresServer promoted = failover.promoteStandby();
            // Its map of catalogs has the CRC-32C of the backup's, whatever is in either.
            old.execute(
                    "UPDATE t SET v = 'lost' WHERE id % 1000 = 0",
                    "CREATE TABLE junk AS SELECT 1 AS id", "VACUUM FULL pg_class");
            promoted.execute(
                    "SELECT pg_create_physical_replication_slot('old_primary', true)",
                    "UPDATE t SET v = 'new' WHERE id % 900 = 0");
            Path packed = folder.resolve("packed");
            ServerTool.handOver(folder);
            CommandResult made = ServerTool.run(
                    ServerRelease.installed15().orElseThrow().bin().resolve("pg_basebackup"),
                    Map.of("PGSSLMODE", "disable"),
                    List.of(
                            "--pgdata=" + packed,
                            "--host=127.0.0.1",
                            "--port=" + promoted.port(),
                            "--username=" + PostgresServer.USER,
                            "--format=tar",
                            "--compress=client-zstd",
                            "--checkpoint=fast",
                            "--no-sync"));
            assertThat(made.exitCode()).as(made.stderr()).isZero();
            promoted.execute("UPDATE t SET v = 'later' WHERE id % 800 = 0");
            old.kill();
            damage(old.dataDirectory());

            try (Backup backup = BaseBackup.open(packed, folder)) {
                RestorePlan plan = DeltaRestore.of(old.dataDirectory())
                        .from(backup)
                        .recovery(following(promoted))
                        .verify(Verify.RESULT)
                        .durability(Durability.NO_SYNC)
                        .plan();
                assertThat(plan.problems()).isEmpty();
                plan.execute();
            }

            follow(old, promoted);
        }
    }

    /** Pages that no record tells of, a file that is cut, another that is longer, junk, and a directory where a file was. */
    private static void damage(Path target) throws IOException {
        Path relation = largest(target.resolve("base"));
        try (RandomAccessFile file = new RandomAccessFile(relation.toFile(), "rw")) {
            file.seek(3 * 8192 + 100);
            file.write(new byte[] {1, 2, 3});
            file.setLength(file.length() + 8192);
        }
        Files.writeString(target.resolve("base/1/junk"), "junk");
        Files.createDirectories(target.resolve("left/over"));
        Files.writeString(target.resolve("left/over/file"), "junk");
        Files.delete(target.resolve("PG_VERSION"));
        Files.createDirectory(target.resolve("PG_VERSION"));
        Files.writeString(target.resolve("PG_VERSION/inside"), "junk");
        try (RandomAccessFile file =
                new RandomAccessFile(target.resolve("global/pg_filenode.map").toFile(), "rw")) {
            file.setLength(100);
        }
    }

    private static Path largest(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
    }

    /** As pgBackRest leaves a directory when it is interrupted. */
    private static void halfRestore(Path target) throws IOException {
        Files.delete(target.resolve("global/pg_control"));
        Files.writeString(target.resolve("backup.manifest"), "[backup]\n");
        Files.writeString(target.resolve("global/pg_control.pgbackrest.tmp"), "half");
        Path relation = largest(target.resolve("base"));
        try (RandomAccessFile file = new RandomAccessFile(relation.toFile(), "rw")) {
            file.setLength(8192 + 7);
        }
    }

    private static RecoveryGoal following(PostgresServer primary) {
        return RecoveryGoal.standby()
                .option(
                        "primary_conninfo",
                        "host=127.0.0.1 port=" + primary.port() + " user=" + PostgresServer.USER
                                + " sslmode=disable application_name=standby")
                .option("primary_slot_name", "old_primary")
                .timeline("latest");
    }

    /** Restores over the server, and into another directory that is empty or missing: both are the same afterwards. */
    private static RestoreReport restore(PostgresServer server, PostgresServer primary, Path directory, Path empty)
            throws IOException {
        RecoveryGoal goal = following(primary);
        RestoreReport report;
        try (Backup backup = HashedBackup.open(directory)) {
            RestorePlan plan = DeltaRestore.of(server.dataDirectory())
                    .from(backup)
                    .recovery(goal)
                    .verify(Verify.RESULT)
                    .durability(Durability.NO_SYNC)
                    .plan();
            assertThat(plan.problems()).isEmpty();
            assertThat(plan.verdict()).isEqualTo(RestoreVerdict.RESTORE);
            JsonSchemas.assertValid(plan);
            report = plan.execute();
            JsonSchemas.assertValid(report);
            assertThat(report.participants()).isEqualTo(plan.participants());
            assertThat(report.toString())
                    .startsWith(
                            plan.participants() + ", backup " + plan.backup().label() + ": RESTORE, ")
                    .endsWith(" ms");
        }
        try (Backup backup = BaseBackup.open(directory)) {
            RestorePlan full = DeltaRestore.of(empty)
                    .from(backup)
                    .recovery(goal)
                    .durability(Durability.NO_SYNC)
                    .plan();
            assertThat(full.problems()).isEmpty();
            full.execute();
            assertThatThrownBy(full::execute)
                    .isInstanceOfSatisfying(
                            RewindException.class,
                            e -> assertThat(e.problem().orElseThrow().kind()).isEqualTo(Problem.Kind.PLAN_EXECUTED))
                    .hasMessageStartingWith("the plan for \"" + empty + "\" was executed before");
        }
        assertThat(Maps.difference(tree(server.dataDirectory()), tree(empty)).entriesDiffering())
                .isEmpty();
        assertThat(tree(server.dataDirectory()).keySet()).isEqualTo(tree(empty).keySet());
        Map<String, String> stored = tree(directory);
        stored.keySet().removeIf(path -> path.equals("global/pg_control") || path.contains("pg_internal.init"));
        assertThat(Maps.difference(stored, tree(server.dataDirectory())).entriesDiffering())
                .isEmpty();
        assertThat(tree(server.dataDirectory()).keySet()).containsAll(stored.keySet());
        return report;
    }

    private static Map<String, String> tree(Path directory) {
        Map<String, String> tree = new TreeMap<>(TreeState.contents(directory));
        // They name the second at which they were written.
        tree.keySet().removeAll(List.of("recovery.conf", "postgresql.auto.conf"));
        return tree;
    }

    private static void follow(PostgresServer standby, PostgresServer primary) {
        standby.start();
        primary.execute("CREATE TABLE after AS SELECT 1 AS id");
        standby.catchUpWith(primary);
        assertThat(primary.query("SELECT r.state FROM pg_stat_replication r JOIN pg_replication_slots s"
                        + " ON s.active_pid = r.pid WHERE s.slot_name = 'old_primary'"))
                .containsExactly(List.of("streaming"));
        assertThat(LogicalContents.of(standby)).isEqualTo(LogicalContents.of(primary));
        standby.stop(StopMode.FAST);
    }
}
