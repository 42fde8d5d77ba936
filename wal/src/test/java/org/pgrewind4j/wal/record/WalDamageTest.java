package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Tag;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.ClusterWal;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/** Damaged WAL of a real server gives what comes before the damage, and an end; never anything else. */
@Tag("server")
class WalDamageTest {

    private static ClusterWal cluster;
    private static MemoryWal whole;
    private static List<WalSegmentName> segments;
    private static ClusterWal.Listing undamaged;

    @BeforeContainer
    static void writeWal() throws IOException {
        try (PostgresServer server = PostgresServer.builder(ServerRelease.newest())
                .walSegmentMegabytes(1)
                .build()) {
            server.initialize();
            server.start();
            server.switchWal();
            Lsn begin = server.currentWalLsn();
            server.execute(
                    "CREATE TABLE t AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 5000) g",
                    "CREATE INDEX ON t (word)",
                    "CHECKPOINT",
                    "UPDATE t SET word = 'new' WHERE id % 10 = 0");
            server.stop(StopMode.FAST);
            cluster = ClusterWal.of(server.dataDirectory());
            whole = cluster.inMemory();
            undamaged = read(whole, begin);
            Lsn end = undamaged.end().position();
            segments = cluster.segments().stream()
                    .filter(name -> name.end().isAfter(begin) && name.begin().isBefore(end))
                    .toList();
        }
    }

    private static ClusterWal.Listing read(WalSegmentSource source, Lsn start) throws IOException {
        return ClusterWal.Listing.of(
                WalReader.open(source, cluster.control().version(), cluster.segmentSize(), cluster.history(), start));
    }

    @Property(tries = 500, shrinking = ShrinkingMode.OFF)
    void givesWhatComesBeforeTheDamageAndNothingElse(@ForAll long seed) throws IOException {
        WalDamage damage = new WalDamage(new Random(seed), whole, segments, undamaged.records());
        ClusterWal.Listing listing = read(damage.wal(), segments.get(0).begin());

        List<String> ours = keys(listing);
        List<String> expected = keys(undamaged);
        long before = undamaged.records().stream()
                .filter(record -> !record.end().isAfter(damage.position()))
                .count();
        assertThat(ours.size()).as("records up to %s", damage).isBetween((int) before, expected.size());
        assertThat(ours).as("records before %s", damage).isEqualTo(expected.subList(0, ours.size()));
        if (ours.size() < expected.size()) {
            assertThat(listing.end().reason()).as("end by %s", damage).isNotEqualTo(EndOfWal.Reason.LIMIT);
            assertThat(listing.end().detail()).isNotEmpty();
        }
    }

    /** The position and the CRC make a record. */
    private static List<String> keys(ClusterWal.Listing listing) {
        return listing.records().stream()
                .map(record -> record.begin() + " " + record.crc())
                .toList();
    }
}
