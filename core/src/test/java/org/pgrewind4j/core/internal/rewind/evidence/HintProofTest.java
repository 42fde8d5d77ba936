package org.pgrewind4j.core.internal.rewind.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.Changes;
import org.pgrewind4j.core.ControlFileBytes;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;

/** A target with data checksums, of which nobody knows since when it has them. */
@Tag("server")
class HintProofTest {

    private static final long DIVERGENCE = Changes.DIVERGENCE.value();
    private static final Lsn SINCE = Changes.DIVERGENCE.plus(-0x1000);

    private final Changes changes = new Changes();

    private boolean isGiven(ClusterState state) {
        ControlFile target =
                ControlFileBytes.stopped().build().patch().state(state).build();
        return HintProof.isGiven(target, SINCE, changes.build(), Changes.DIVERGENCE);
    }

    @Test
    void stoppedTargetNeedsAnImageOfItsLastRun() {
        changes.stopped(DIVERGENCE - 0x500).hintImage(DIVERGENCE - 0x600).stoppedLast(DIVERGENCE + 0x100);
        assertThat(isGiven(ClusterState.SHUT_DOWN)).isFalse();
        changes.hintImage(DIVERGENCE - 0x400);
        assertThat(isGiven(ClusterState.SHUT_DOWN)).isTrue();
    }

    @Test
    void everyRunSinceTheDivergenceNeedsOne() {
        changes.hintImage(DIVERGENCE + 0x10)
                .stopped(DIVERGENCE + 0x50)
                .stopped(DIVERGENCE + 0x100)
                .hintImage(DIVERGENCE + 0x150)
                .stoppedLast(DIVERGENCE + 0x200);
        assertThat(isGiven(ClusterState.SHUT_DOWN)).isFalse();
        changes.hintImage(DIVERGENCE + 0x60);
        assertThat(isGiven(ClusterState.SHUT_DOWN)).isTrue();
    }

    @Test
    void imageThatAnotherPrimaryLoggedDoesNotCount() {
        changes.hintImage(SINCE.plus(-1).value()).stoppedLast(DIVERGENCE + 0x100);
        assertThat(isGiven(ClusterState.SHUT_DOWN)).isFalse();
    }

    @Test
    void crashedTargetStillHasWhatItsControlFileSays() {
        assertThat(isGiven(ClusterState.IN_PRODUCTION)).isTrue();
        changes.stopped(DIVERGENCE + 0x50);
        assertThat(isGiven(ClusterState.IN_PRODUCTION)).isFalse();
        changes.hintImage(DIVERGENCE + 0x10);
        assertThat(isGiven(ClusterState.IN_PRODUCTION)).isTrue();
    }

    /** The inserting transaction is looked up after its page was written by the checkpoint, and found committed. */
    @Test
    void rowsStayLostThoughChecksumsWereEnabledOnBothSidesAfterTheFailover() throws IOException, SQLException {
        Oracle oracle = Oracle.require();
        try (Failover failover = Failover.of(PostgresServer.builder(ServerRelease.of("15"))
                .withoutChecksums()
                .setting("autovacuum", "off")
                .build())) {
            PostgresServer target = failover.primary();
            PostgresServer source = failover.standby();
            target.execute("CREATE TABLE t (id int)");
            Lsn before = target.currentWalLsn();
            try (Connection connection = target.connection("postgres");
                    Statement transaction = connection.createStatement()) {
                connection.setAutoCommit(false);
                transaction.execute("INSERT INTO t SELECT g FROM generate_series(1, 100) g");
                target.checkpoint();
                target.execute("CREATE TABLE marker (id int)");
                source.catchUpWith(target);
                source.promote();
                connection.commit();
            }
            assertThat(target.value("SELECT count(*) FROM t")).isEqualTo("100");
            for (PostgresServer server : new PostgresServer[] {target, source}) {
                server.stop(StopMode.FAST);
                oracle.run(
                                "pg_checksums",
                                "--enable",
                                "--no-sync",
                                "-D",
                                server.dataDirectory().toString())
                        .ensureSuccess();
            }

            try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
                RewindPlan plan = Rewind.of(target.dataDirectory())
                        .from(transport)
                        .durability(Durability.NO_SYNC)
                        .plan();
                assertThat(plan.problems()).isEmpty();
                assertThat(plan.redo().orElseThrow()).isLessThan(before);
                plan.execute();
            }
            source.start();
            target.standbyOf(source);
            target.start();
            target.catchUpWith(source);
            assertThat(target.value("SELECT count(*) FROM t")).isEqualTo("0");
        }
    }
}
