package org.pgrewind4j.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;

class WalReaderReleasesTest {

    private static final String RELEASES = "org.pgrewind4j.testserver.ServerRelease#all";

    /** Every cluster begins its WAL in segment 1, which {@code initdb} writes. */
    private static final Lsn FIRST_SEGMENT = new Lsn(16 << 20);

    @ParameterizedTest
    @MethodSource(RELEASES)
    void readsAllWalOverTwoPromotionsToTheShutdownCheckpoint(ServerRelease release) throws IOException {
        try (Failover first = Failover.of(PostgresServer.builder(release).build())) {
            write(first.primary(), "one");
            first.primary().switchWal();
            write(first.primary(), "two");
            first.promoteStandby();
            write(first.standby(), "three");
            first.primary().stop(StopMode.IMMEDIATE);
            first.standby().stop(StopMode.FAST);
            try (Failover second = Failover.ofStopped(first.standby())) {
                write(second.primary(), "four");
                second.promoteStandby();
                write(second.standby(), "five");
                second.standby().stop(StopMode.FAST);

                assertReadsToTheEnd(second.standby());
            }
        }
    }

    private static void write(PostgresServer server, String table) {
        server.execute(
                "CREATE TABLE " + table + " AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 5000) g",
                "CREATE INDEX ON " + table + " (word)",
                "UPDATE " + table + " SET word = 'new' WHERE id % 10 = 0");
    }

    private static void assertReadsToTheEnd(PostgresServer server) throws IOException {
        ControlFile control = ControlFile.parse(
                Files.readAllBytes(server.dataDirectory().resolve("global").resolve("pg_control")));
        Path directory = server.dataDirectory().resolve(control.version().walDirectory());
        TimelineId timeline = control.checkPointCopy().timeline();
        TimelineHistory history =
                TimelineHistory.parse(timeline, Files.readString(directory.resolve(timeline.historyFileName())));
        List<WalRecord> records = new ArrayList<>();
        EndOfWal end;
        try (WalReader reader = WalReader.open(
                new DirectoryWalSource(directory),
                control.version(),
                control.walSegmentSize(),
                history,
                FIRST_SEGMENT)) {
            for (Optional<WalRecord> record = reader.next(); record.isPresent(); record = reader.next()) {
                records.add(record.get());
            }
            end = reader.end();
        }

        assertThat(history.spans()).hasSize(3);
        assertThat(records).extracting(WalRecord::timeline).contains(new TimelineId(1), new TimelineId(2), timeline);
        assertThat(end.reason()).isIn(EndOfWal.Reason.ZERO_LENGTH, EndOfWal.Reason.ZERO_PAGE);
        WalRecord last = records.get(records.size() - 1);
        assertThat(last.begin()).isEqualTo(control.checkPoint()).isEqualTo(end.lastRecordBegin());
        assertThat(last.end()).isEqualTo(end.position());
        assertThat(last.typeName()).isEqualTo("CHECKPOINT_SHUTDOWN");
        assertThat(records).noneMatch(record -> record.typeName().startsWith("UNKNOWN"));
    }
}
