package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.testserver.Workload;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.ClusterWal;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.PostgresVersion;

@Tag("server")
class WalReaderReleasesTest {

    private static final String RELEASES = "org.pgrewind4j.testserver.ServerRelease#all";

    @ParameterizedTest
    @MethodSource(RELEASES)
    void readsAllWalOverTwoPromotionsToTheShutdownCheckpoint(ServerRelease release) throws IOException {
        PostgresServerBuilder builder = Workload.settings(PostgresServer.builder(release));
        try (Failover first = Failover.of(builder.build())) {
            Workload workload = Workload.of(first.primary());
            workload.prepare();
            workload.run(1, 50);
            first.promoteStandby();
            workload.on(first.standby()).run(2, 50);
            first.primary().stop(StopMode.IMMEDIATE);
            first.standby().stop(StopMode.FAST);
            try (Failover second = Failover.ofStopped(first.standby())) {
                second.promoteStandby();
                workload.on(second.standby()).run(3, 50);
                second.standby().stop(StopMode.FAST);

                assertReadsToTheEnd(second.standby());
                assertTellsTransactions(ClusterWal.of(second.standby().dataDirectory()));
            }
        }
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
        assertThat(last.checkpoint())
                .contains(new CheckpointRecord(
                        last.begin(), last.end(), true, wal.control().checkPointCopy()));
        assertThat(listing.records()).noneMatch(record -> record.typeName().startsWith("UNKNOWN"));
    }

    /** What a record holds is read up to its last byte, so none of it is in a form that was not expected. */
    private static void assertTellsTransactions(ClusterWal wal) throws IOException {
        List<TransactionRecord> transactions = wal.read(wal.begin()).records().stream()
                .flatMap(record -> record.transaction().stream())
                .toList();

        assertThat(transactions).extracting(TransactionRecord::kind).contains(TransactionRecord.Kind.values());
        TransactionRecord prepared = transactions.stream()
                .filter(transaction -> transaction.gid().equals(Optional.of("committed 3")))
                .findFirst()
                .orElseThrow();
        assertThat(prepared.kind()).isEqualTo(TransactionRecord.Kind.PREPARE);
        assertThat(prepared.subtransactions()).containsExactly(prepared.xid() + 1);
        assertThat(prepared.droppedRelations()).isEmpty();
        assertThat(prepared.createdRelations()).hasSize(1);
        assertThat(prepared.time()).isBetween(Instant.now().minus(1, ChronoUnit.HOURS), Instant.now());
        TransactionRecord committed = transactions.stream()
                .filter(transaction -> transaction.kind() == TransactionRecord.Kind.COMMIT_PREPARED)
                .filter(transaction -> transaction.xid() == prepared.xid())
                .findFirst()
                .orElseThrow();
        assertThat(committed.subtransactions()).isEqualTo(prepared.subtransactions());
        assertThat(committed.gid())
                .isEqualTo(wal.control().version().isAtLeast(PostgresVersion.V11) ? prepared.gid() : Optional.empty());
    }
}
