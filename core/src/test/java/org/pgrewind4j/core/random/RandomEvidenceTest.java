package org.pgrewind4j.core.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.OnlineBackup;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.restore.DeltaRestore;
import org.pgrewind4j.core.restore.Evidence;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.core.restore.RestorePlan;
import org.pgrewind4j.core.restore.RestoreVerdict;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.transport.backup.BaseBackup;
import org.pgrewind4j.wal.DirectoryWalSource;

/**
 * The scenarios of {@link RandomRewindTest}, with a restore in place of the rewind: the primary is backed up while it works,
 * and the backup restored over the target by the evidence of WAL. The target must then follow the primary and equal it page by
 * page, whatever WAL told and whatever contents had to.
 *
 * <p>By hand: {@code -Dtest=RandomEvidenceTest -Dpgrewind4j.test.seeds=1-100 -Dpgrewind4j.test.releases=13,15,18}.
 */
@Tag("server")
class RandomEvidenceTest {

    private static final String SEEDS = System.getProperty("pgrewind4j.test.seeds", "");
    private static final Clusters CLUSTERS = new Clusters();
    private static final List<String> TALLY = new ArrayList<>();

    static List<Arguments> seeds() {
        if (SEEDS.isEmpty()) {
            return List.of(Arguments.of(3L, ServerRelease.of("15")), Arguments.of(5L, ServerRelease.of("18")));
        }
        List<Arguments> all = new ArrayList<>();
        for (ServerRelease release : ServerRelease.all()) {
            Seeds.of(SEEDS).forEach(seed -> all.add(Arguments.of(seed, release)));
        }
        return all;
    }

    @AfterAll
    static void close() {
        CLUSTERS.close();
        TALLY.forEach(System.out::println);
    }

    @ParameterizedTest(name = "seed {0} on {1}")
    @MethodSource("seeds")
    void restoredTargetEqualsThePrimary(long seed, ServerRelease release) throws IOException {
        Scenario scenario = ScenarioGenerator.of(seed, release);
        try (Play play = Play.begin(scenario, CLUSTERS)) {
            scenario.steps().forEach(play::take);
            PostgresServer target = play.server(scenario.target());
            PostgresServer primary = play.server(scenario.primary());
            play.stopOthers(scenario);
            try {
                restore(scenario, play, target, primary);
                Proof.followsAndEquals(target, primary, /* configured= */ true, scenario.checksums());
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError(e.getMessage() + "\nin " + scenario, e);
            }
        }
    }

    private static void restore(Scenario scenario, Play play, PostgresServer target, PostgresServer primary)
            throws IOException {
        if (!primary.isRunning()) {
            primary.start();
        }
        // Nothing else keeps what the restored target is to replay.
        primary.execute(
                "ALTER SYSTEM SET "
                        + (primary.release().isAtLeast(13) ? "wal_keep_size = '1GB'" : "wal_keep_segments = 1000"),
                "SELECT pg_reload_conf()");
        Path wal = primary.dataDirectory().resolve(release(primary) ? "pg_wal" : "pg_xlog");
        Path folder = target.dataDirectory().resolveSibling("backup");
        OnlineBackup.of(primary, folder, () -> WritesEverywhere.to(primary));
        try (Backup backup = BaseBackup.open(folder)) {
            DeltaRestore restore = DeltaRestore.of(target.dataDirectory())
                    .from(backup)
                    .evidence(Evidence.WAL)
                    .walFrom(new DirectoryWalSource(wal))
                    .recovery(RecoveryGoal.standby()
                            .option(
                                    "primary_conninfo",
                                    "host=127.0.0.1 port=" + primary.port() + " user=" + PostgresServer.USER
                                            + " sslmode=disable application_name=standby")
                            .option("restore_command", "cp " + wal + "/%f %p")
                            .timeline(Integer.toString(play.timeline(scenario.primary()))))
                    .durability(Durability.NO_SYNC)
                    .verify(Verify.RESULT);
            if (scenario.archive()) {
                restore.walFrom(new DirectoryWalSource(play.archive().folder()));
            }
            for (BackupFacts.Tablespace tablespace : backup.facts().tablespaces()) {
                restore.mapTablespace(tablespace.name(), location(target, tablespace));
            }
            RestorePlan plan = restore.plan();
            assertThat(plan.problems()).isEmpty();
            assertThat(plan.verdict()).isEqualTo(RestoreVerdict.RESTORE);
            TALLY.add(scenario.name() + ": " + plan.evidence());
            plan.execute();
        }
    }

    private static Path location(PostgresServer target, BackupFacts.Tablespace tablespace) throws IOException {
        Path link = target.dataDirectory().resolve("pg_tblspc/" + tablespace.oid());
        return Files.isSymbolicLink(link)
                ? Files.readSymbolicLink(link)
                : target.dataDirectory().resolveSibling("new-" + tablespace.oid());
    }

    private static boolean release(PostgresServer server) {
        return server.release().isAtLeast(10);
    }
}
