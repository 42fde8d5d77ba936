package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.WalReader;

/** Where a running source's WAL ends, and sources that become another server meanwhile. */
@Tag("server")
class LiveServerRestartTest {

    private static LiveServerTransport open(PostgresServer server) throws IOException {
        return LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties())
                .open();
    }

    @Test
    void refusesToGoOnWithAServerThatWasStartedAgain() throws IOException {
        try (PostgresServer server =
                PostgresServer.builder(ServerRelease.newest()).build()) {
            server.initialize();
            server.start();
            LiveSource.createRole(server);
            try (Transport transport = open(server)) {
                server.kill();
                assertThatThrownBy(() -> transport.read(DataPath.CONTROL_FILE, 10_000))
                        .isInstanceOf(LiveServerException.class);
                server.start();
                assertThatThrownBy(() -> transport.read(DataPath.CONTROL_FILE, 10_000))
                        .isInstanceOf(SourceChangedException.class)
                        .hasMessageStartingWith("source server was restarted while it was copied: server \"127.0.0.1:"
                                + server.port() + "\": started ");
                assertThatThrownBy(transport::replayEnd).isInstanceOf(SourceChangedException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "10", "18"})
    void endsWithTheLastRecordOfAnIdlePrimary(String name) throws IOException {
        ServerRelease release = ServerRelease.of(name);
        try (PostgresServer server = PostgresServer.builder(release).build()) {
            server.initialize();
            server.start();
            LiveSource.createRole(server);
            String insert = release.isAtLeast(10) ? "pg_current_wal_insert_lsn()" : "pg_current_xlog_insert_location()";
            try (Transport transport = open(server)) {
                Lsn before;
                Lsn after;
                ReplayEnd end;
                do {
                    // The next record goes behind the long header of a new segment, unless a checkpointer is faster.
                    server.switchWal();
                    before = Lsn.parse(server.value("SELECT " + insert));
                    end = transport.replayEnd();
                    after = Lsn.parse(server.value("SELECT " + insert));
                } while (!before.equals(after) || before.value() % (1 << 24) != 40);
                assertThat(end.lsn()).isEqualTo(before.plus(-40));
                assertThat(end.timeline()).isEqualTo(new TimelineId(1));
            }
        }
    }

    /** Replay changes files that its minimum recovery point does not speak of, also by the record that it is at. */
    @ParameterizedTest
    @ValueSource(strings = {"14", "15", "16", "17", "18"})
    void endsBehindWhatAStandbyReplaysAndRefusesItsPromotion(String release) throws IOException {
        try (Failover failover =
                Failover.of(PostgresServer.builder(ServerRelease.of(release)).build())) {
            PostgresServer primary = failover.primary();
            PostgresServer standby = failover.standby();
            LiveSource.createRole(primary);
            primary.execute("CREATE TABLE t AS SELECT generate_series(1, 10000) AS id");
            standby.catchUpWith(primary);
            try (Transport transport = open(standby)) {
                assertThat(transport.mode()).isEqualTo(SourceMode.STANDBY);
                assertThat(transport.problems()).isEmpty();
                standby.checkpoint();
                primary.execute("INSERT INTO t VALUES (1)");
                standby.catchUpWith(primary);
                pauseReplay(standby);

                Lsn replayed = standby.replayedLsn();
                ReplayEnd end = transport.replayEnd();
                assertThat(end.lsn())
                        .isGreaterThanOrEqualTo(replayed)
                        .isGreaterThan(end.controlFile().minRecoveryPoint());
                assertThat(end.timeline()).isEqualTo(new TimelineId(1));

                primary.execute("INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (3)");
                waitForReceipt(standby, primary.currentWalLsn());
                assertThat(standby.replayedLsn()).isEqualTo(replayed);
                assertThat(transport.replayEnd().lsn()).isEqualTo(endOfRecordAt(replayed, standby));

                standby.execute("SELECT pg_wal_replay_resume()");
                failover.promoteStandby();
                assertThatThrownBy(transport::replayEnd)
                        .isInstanceOf(SourceChangedException.class)
                        .hasMessage("source server was promoted while it was copied: server \"127.0.0.1:"
                                + standby.port() + "\"");
            }
        }
    }

    private static void pauseReplay(PostgresServer standby) {
        standby.execute("SELECT pg_wal_replay_pause()");
        while (!standby.value("SELECT pg_get_wal_replay_pause_state()").equals("paused")) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static void waitForReceipt(PostgresServer standby, Lsn position) {
        while (Lsn.parse(standby.value("SELECT pg_last_wal_receive_lsn()")).isBefore(position)) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static Lsn endOfRecordAt(Lsn position, PostgresServer server) throws IOException {
        ControlFile controlFile =
                ControlFile.parse(Files.readAllBytes(server.dataDirectory().resolve("global/pg_control")));
        try (WalReader reader = WalReader.open(
                new DirectoryWalSource(server.dataDirectory().resolve("pg_wal")),
                controlFile.version(),
                controlFile.walSegmentSize(),
                TimelineHistory.ofSingle(new TimelineId(1)),
                position)) {
            return reader.next().orElseThrow().end();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "13"})
    void refusesStandbysThatCannotSayHowFarTheyAre(String release) throws IOException {
        try (Failover failover =
                Failover.of(PostgresServer.builder(ServerRelease.of(release)).build())) {
            LiveSource.createRole(failover.primary());
            failover.standby().catchUpWith(failover.primary());
            try (Transport transport = open(failover.standby())) {
                assertThat(transport.problems())
                        .singleElement()
                        .satisfies(
                                problem -> assertThat(problem.kind()).isEqualTo(SourceProblem.Kind.UNSUPPORTED_RELEASE))
                        .satisfies(problem -> assertThat(problem.message())
                                .endsWith("is a standby: expected a primary, or a standby of PostgreSQL 14 or later,"
                                        + " found "
                                        + failover.standby().release().major()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "12", "18"})
    void knowsTheTimelineOfAPrimaryThatWasJustPromoted(String release) throws IOException {
        try (Failover failover =
                Failover.of(PostgresServer.builder(ServerRelease.of(release)).build())) {
            LiveSource.createRole(failover.primary());
            PostgresServer promoted = failover.promoteStandby();
            promoted.execute("CREATE TABLE t (id int)");
            failover.primary().stop(StopMode.FAST);
            try (Transport transport = open(promoted)) {
                Lsn before = promoted.currentWalLsn();
                ReplayEnd end = transport.replayEnd();
                assertThat(transport.mode()).isEqualTo(SourceMode.PRIMARY);
                assertThat(end.timeline()).isEqualTo(new TimelineId(2));
                assertThat(end.lsn()).isGreaterThanOrEqualTo(before);
            }
        }
    }
}
