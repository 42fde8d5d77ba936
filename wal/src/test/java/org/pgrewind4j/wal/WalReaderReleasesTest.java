package org.pgrewind4j.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.TimelineId;

class WalReaderReleasesTest {

    private static final String RELEASES = "org.pgrewind4j.testserver.ServerRelease#all";

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
        ClusterWal wal = ClusterWal.of(server.dataDirectory());
        ClusterWal.Listing listing = wal.read(wal.begin());

        assertThat(wal.history().spans()).hasSize(3);
        assertThat(listing.records())
                .extracting(WalRecord::timeline)
                .contains(new TimelineId(1), new TimelineId(2), new TimelineId(3));
        assertThat(listing.end().reason()).isIn(EndOfWal.Reason.ZERO_LENGTH, EndOfWal.Reason.ZERO_PAGE);
        WalRecord last = listing.last();
        assertThat(last.begin())
                .isEqualTo(wal.control().checkPoint())
                .isEqualTo(listing.end().lastRecordBegin());
        assertThat(last.end()).isEqualTo(listing.end().position());
        assertThat(last.typeName()).isEqualTo("CHECKPOINT_SHUTDOWN");
        assertThat(listing.records()).noneMatch(record -> record.typeName().startsWith("UNKNOWN"));
    }
}
