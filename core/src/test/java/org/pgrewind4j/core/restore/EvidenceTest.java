package org.pgrewind4j.core.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.JsonSchemas;
import org.pgrewind4j.core.OnlineBackup;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.LogicalContents;
import org.pgrewind4j.testserver.PageComparison;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BaseBackup;
import org.pgrewind4j.wal.DirectoryWalSource;

/** A restore by the evidence of WAL costs what the divergence costs; where WAL does not tell, contents do, and the plan says why. */
@Tag("server")
class EvidenceTest {

    @TempDir
    static Path folder;

    private static Failover failover;
    private static PostgresServer old;
    private static PostgresServer promoted;

    @BeforeAll
    static void diverge() {
        failover = Failover.of(PostgresServer.builder(ServerRelease.of("15"))
                .setting("wal_keep_size", "1GB")
                .withChecksums()
                .build());
        old = failover.primary();
        promoted = failover.standby();
        old.execute(
                "CREATE TABLE t AS SELECT g AS id, repeat('x', 100) AS v FROM generate_series(1, 60000) g",
                "CREATE TABLE cut AS SELECT generate_series(1, 20000) AS id",
                "VACUUM t, cut");
        old.checkpoint();
        failover.promoteStandby();
        old.execute("UPDATE t SET v = 'lost' WHERE id % 20000 = 0");
        promoted.execute("UPDATE t SET v = 'new' WHERE id % 15000 = 0", "DELETE FROM cut WHERE id > 10", "VACUUM cut");
        OnlineBackup.of(
                promoted,
                folder.resolve("backup"),
                () -> promoted.execute("CREATE TABLE meanwhile AS SELECT 1 AS id", "INSERT INTO cut VALUES (0)"));
        old.kill();
    }

    @AfterAll
    static void close() {
        failover.close();
    }

    @Test
    void costsWhatTheDivergenceCosts() throws IOException {
        try (PostgresServer target = old.copy();
                PostgresServer byContent = old.copy();
                Backup backup = BaseBackup.open(folder.resolve("backup"))) {
            RestorePlan plan = byWal(target, backup, wal()).plan();
            assertThat(plan.evidence().problems()).isEmpty();
            assertThat(plan.evidence().evidence()).isEqualTo(Evidence.WAL);
            assertThat(plan.evidence().bytesByContent()).isLessThan(5_000_000);
            assertThat(plan.toJson().replaceAll("\\s", "")).contains("\"evidence\":{\"used\":\"WAL\",\"problems\":[],");
            JsonSchemas.assertValid(plan);
            RestoreReport report = plan.execute();
            assertThat(report.bytes().total()).isLessThan(3_000_000);
            DeltaRestore.of(byContent.dataDirectory())
                    .from(backup)
                    .recovery(following())
                    .durability(Durability.NO_SYNC)
                    .plan()
                    .execute();
            for (PostgresServer server : List.of(target, byContent)) {
                server.start();
                server.catchUpWith(promoted);
                assertThat(LogicalContents.of(server)).isEqualTo(LogicalContents.of(promoted));
                server.stop(StopMode.FAST);
            }
            assertThat(PageComparison.of(target, byContent)).isEmpty();
        }
    }

    @Test
    void leavesToContentsWhatWalDoesNotTell() throws IOException {
        Path history = Files.createDirectories(folder.resolve("history"));
        Files.copy(wal().resolve("00000002.history"), history.resolve("00000002.history"));

        assertContents(
                Kind.HISTORY_UNKNOWN,
                "nobody has the history file of the backup's timeline 2, so it is not known where that left the target's",
                Files.createDirectories(folder.resolve("no-wal")),
                target -> {});
        assertContents(
                Kind.BACKUP_LABEL_PRESENT,
                "the target holds a backup_label: its files are a backup's, or a rewind's, that no server replayed",
                wal(),
                target -> write(target.resolve("backup_label")));
        assertContents(
                Kind.TARGET_NOT_CONSISTENT,
                "the target has no control file in its place, or was changed by half: no WAL tells what it holds",
                wal(),
                target -> delete(target.resolve("global/pg_control")));
        assertContents(
                Kind.WAL_MISSING_FOR_SCAN,
                "WAL is missing: segment 000000010000000000000002 is needed",
                history,
                target -> deleteAll(target.resolve("pg_wal")));
        assertContents(Kind.WAL_MISSING_FOR_SCAN, "000000020000000000000002", history, target -> {});
    }

    private static void assertContents(Kind expected, String message, Path wal, Consumer<Path> change)
            throws IOException {
        try (PostgresServer target = old.copy();
                Backup backup = BaseBackup.open(folder.resolve("backup"))) {
            change.accept(target.dataDirectory());
            RestorePlan plan = byWal(target, backup, wal).plan();
            assertThat(plan.verdict()).isEqualTo(RestoreVerdict.RESTORE);
            assertThat(plan.evidence().evidence()).isEqualTo(Evidence.CONTENT);
            assertThat(plan.evidence().filesByWal()).isZero();
            assertThat(plan.evidence().problems()).hasSize(1);
            Problem problem = plan.evidence().problems().get(0);
            assertThat(problem.message()).contains(message);
            assertThat(problem.kind()).isEqualTo(expected);
        }
    }

    private static DeltaRestore byWal(PostgresServer target, Backup backup, Path wal) {
        return DeltaRestore.of(target.dataDirectory())
                .from(backup)
                .evidence(Evidence.WAL)
                .walFrom(new DirectoryWalSource(wal))
                .recovery(following())
                .verify(Verify.RESULT)
                .durability(Durability.NO_SYNC);
    }

    private static RecoveryGoal following() {
        return RecoveryGoal.standby()
                .option(
                        "primary_conninfo",
                        "host=127.0.0.1 port=" + promoted.port() + " user=" + PostgresServer.USER
                                + " sslmode=disable application_name=standby")
                .timeline("latest");
    }

    private static Path wal() {
        return promoted.dataDirectory().resolve("pg_wal");
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, "START WAL LOCATION: 0/2000028\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void deleteAll(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(Files::isRegularFile).forEach(EvidenceTest::delete);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
