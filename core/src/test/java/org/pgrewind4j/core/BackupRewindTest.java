package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.ServerTool;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.archive.WalArchive;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BaseBackup;

/** Rewinds from backups that were made while the server worked: after the failover, and before it. */
@Tag("server")
class BackupRewindTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "18"})
    void targetFollowsAfterARewindFromABackupOfAnyTime(String name) throws IOException {
        ServerRelease release = ServerRelease.of(name);
        try (Failover failover =
                Failover.of(PostgresServer.builder(release).withChecksums().build())) {
            PostgresServer old = failover.primary();
            old.execute(
                    "CREATE TABLE t AS SELECT g AS id, repeat('x', 100) AS v FROM generate_series(1, 20000) g",
                    "CREATE TABLE dropped AS SELECT generate_series(1, 1000) AS id",
                    "CREATE TABLE cut AS SELECT generate_series(1, 5000) AS id");
            Path before = folder.resolve("before");
            OnlineBackup.of(old, before, () -> old.execute("UPDATE t SET v = 'during the first' WHERE id % 11 = 0"));
            old.execute(
                    "CREATE TABLE made AS SELECT g AS id FROM generate_series(1, 3000) g",
                    "DROP TABLE dropped",
                    "DELETE FROM cut WHERE id > 10",
                    "INSERT INTO t SELECT g, 'longer' FROM generate_series(20001, 30000) g",
                    "UPDATE t SET v = 'shared' WHERE id % 13 = 0");
            old.executeIn("postgres", "VACUUM cut");
            old.checkpoint();
            PostgresServer promoted = failover.promoteStandby();
            old.execute("UPDATE t SET v = 'lost' WHERE id % 1000 = 0", "CREATE TABLE junk AS SELECT 1 AS id");
            Path abandoned = folder.resolve("abandoned");
            OnlineBackup.of(old, abandoned, () -> {});
            promoted.execute("UPDATE t SET v = 'new' WHERE id % 900 = 0", "TRUNCATE made");
            Path since = folder.resolve("since");
            OnlineBackup.of(
                    promoted,
                    since,
                    () -> promoted.execute(
                            "UPDATE t SET v = 'meanwhile' WHERE id % 700 = 0",
                            "CREATE TABLE meanwhile AS SELECT 1 AS id"));
            promoted.execute("UPDATE t SET v = 'later' WHERE id % 800 = 0");
            String relation = promoted.value("SELECT pg_relation_filepath('t')");
            old.kill();
            Path wal = wal(promoted);
            Path archive = Files.createDirectory(folder.resolve("archive"));
            try (Stream<Path> files = Files.list(wal)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, archive.resolve(file.getFileName().toString()));
                }
            }
            refusesWhatCannotBeRight(old, before, abandoned, since, archive);

            try (PostgresServer other = old.copy();
                    Backup backup = BaseBackup.open(before)) {
                Rewound rewound = Rewound.ofBackup(other, promoted, backup, WalArchive.of(archive));
                // All of it is redone, and pages of the target stay as they are.
                assertThat(rewound.plan().redo().orElseThrow())
                        .isEqualTo(backup.facts().start());
                rewound.startAndCompare();
            }
            refusesATornPage(old, since, since.resolve(relation), archive);
            try (Backup backup = BaseBackup.open(since)) {
                Rewound rewound = Rewound.ofBackup(old, promoted, backup, WalArchive.of(archive));
                assertThat(rewound.plan().redo().orElseThrow())
                        .isLessThan(backup.facts().start());
                rewound.startAndCompare();
            }
        }
    }

    /** As a page that was copied while it was written: its end is older than its begin. */
    private static void refusesATornPage(PostgresServer old, Path directory, Path relation, Path archive)
            throws IOException {
        byte[] whole = Files.readAllBytes(relation);
        byte[] torn = whole.clone();
        Arrays.fill(torn, torn.length - 512, torn.length, (byte) 0);
        Files.write(relation, torn);
        try (Backup backup = BaseBackup.open(directory)) {
            RewindPlan plan = Rewind.of(old.dataDirectory())
                    .from(backup)
                    .walFrom(WalArchive.of(archive))
                    .plan();
            assertThatThrownBy(plan::execute)
                    .isInstanceOfSatisfying(
                            RewindException.class,
                            failure ->
                                    assertThat(failure.targetState()).isEqualTo(RewindException.TargetState.UNTOUCHED))
                    .hasMessageContaining(" has a bad page checksum in block " + (whole.length / 8192 - 1)
                            + " of the file: the page was copied while it was written, or is damaged");
        }
        Files.write(relation, whole);
    }

    private void refusesWhatCannotBeRight(PostgresServer old, Path before, Path abandoned, Path since, Path archive)
            throws IOException {
        String walless = "does not say where it ends, and its WAL from ";
        assertRefused(old, since, folder, Kind.WAL_MISSING_FOR_REPLAY, walless);
        assertRefused(old, abandoned, archive, Kind.SOURCE_UNUSABLE, ": it holds work that was abandoned");
        // Without the history of the new timeline nothing but the target's own is known.
        Path shared = Files.createDirectory(folder.resolve("shared"));
        Path early = Files.createDirectory(folder.resolve("early"));
        try (Stream<Path> files = Files.list(archive)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith("00000001")) {
                    Files.createLink(shared.resolve(name), file);
                }
                if (name.startsWith("00000001") || name.endsWith(".history")) {
                    Files.createLink(early.resolve(name), file);
                }
            }
        }
        assertRefused(old, before, shared, Kind.HISTORY_UNKNOWN, "whether there was a failover since cannot be told");
        assertRefused(
                old,
                before,
                early,
                Kind.WAL_MISSING_FOR_REPLAY,
                "and no archive has the first WAL of that timeline yet");
    }

    private static Path wal(PostgresServer server) {
        return server.dataDirectory().resolve(server.release().isAtLeast(10) ? "pg_wal" : "pg_xlog");
    }

    private static void assertRefused(PostgresServer old, Path directory, Path archive, Kind kind, String message)
            throws IOException {
        try (Backup backup = BaseBackup.open(directory)) {
            RewindPlan plan = Rewind.of(old.dataDirectory())
                    .from(backup)
                    .walFrom(WalArchive.of(archive))
                    // The abandoned WAL can be archived, too.
                    .walFrom(WalArchive.of(wal(old)))
                    .plan();
            assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(plan.problems())
                    .anySatisfy(problem -> assertThat(problem.message()).contains(message));
            assertThat(plan.problems()).extracting(Problem::kind).contains(kind);
        }
    }

    /** By the WAL that it streamed, and the manifest that tells its end. */
    @Test
    void targetFollowsAfterARewindFromPackedTarFiles() throws IOException {
        try (Failover failover = Failover.of(
                PostgresServer.builder(ServerRelease.of("15")).withChecksums().build())) {
            PostgresServer old = failover.primary();
            old.execute("CREATE TABLE t AS SELECT g AS id, repeat('x', 100) AS v FROM generate_series(1, 20000) g");
            PostgresServer promoted = failover.promoteStandby();
            old.execute("UPDATE t SET v = 'lost' WHERE id % 1000 = 0", "CREATE TABLE junk AS SELECT 1 AS id");
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
                            "--gzip",
                            "--checkpoint=fast",
                            "--no-sync"));
            assertThat(made.exitCode()).as(made.stderr()).isZero();
            promoted.execute("UPDATE t SET v = 'later' WHERE id % 800 = 0");
            old.stop(StopMode.FAST);

            Path wal = promoted.dataDirectory().resolve("pg_wal");
            try (Backup backup = BaseBackup.open(packed, folder)) {
                Rewound rewound = Rewound.ofBackup(old, promoted, backup, WalArchive.of(wal));
                assertThat(Plans.facts(rewound.plan()).end().lsn())
                        .isEqualTo(backup.facts().stop());
                rewound.startAndCompare();
            }
        }
    }
}
