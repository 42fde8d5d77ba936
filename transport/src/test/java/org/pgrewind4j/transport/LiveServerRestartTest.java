package org.pgrewind4j.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;

/** Where a running source's WAL ends, and sources that become another server meanwhile. */
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

    @ParameterizedTest
    @ValueSource(strings = {"14", "15", "16", "17", "18"})
    void endsWithTheRecoveryPointOfAStandbyAndRefusesItsPromotion(String release) throws IOException {
        try (Failover failover =
                Failover.of(PostgresServer.builder(ServerRelease.of(release)).build())) {
            PostgresServer standby = failover.standby();
            LiveSource.createRole(failover.primary());
            failover.primary().execute("CREATE TABLE t AS SELECT generate_series(1, 10000) AS id");
            standby.catchUpWith(failover.primary());
            try (Transport transport = open(standby)) {
                assertThat(transport.mode()).isEqualTo(SourceMode.STANDBY);
                assertThat(transport.problems()).isEmpty();
                standby.checkpoint();
                ReplayEnd end = transport.replayEnd();
                assertThat(end.lsn())
                        .isEqualTo(end.controlFile().minRecoveryPoint())
                        .isGreaterThan(end.controlFile().checkPoint())
                        .isLessThanOrEqualTo(standby.replayedLsn());
                assertThat(end.timeline()).isEqualTo(new TimelineId(1));

                failover.promoteStandby();
                assertThatThrownBy(transport::replayEnd)
                        .isInstanceOf(SourceChangedException.class)
                        .hasMessage("source server was promoted while it was copied: server \"127.0.0.1:"
                                + standby.port() + "\"");
            }
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
