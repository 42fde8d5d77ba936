package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.ClusterWal;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.framing.WalPages;

/** Damaged WAL ends where and why PostgreSQL 15's own {@code pg_waldump} says that it ends. */
@Tag("server")
class DamageDifferentialTest {

    private static final int PAGE = 8192;
    private static final int TRIES = 60;

    private final Oracle oracle = Oracle.require();

    @TempDir
    Path directory;

    @Test
    void endsAsPgWaldumpEnds() throws IOException {
        try (PostgresServer server = PostgresServer.builder(
                        ServerRelease.installed15().orElseThrow())
                .walSegmentMegabytes(1)
                .build()) {
            server.initialize();
            server.start();
            server.switchWal();
            server.execute(
                    "CREATE TABLE t AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 2000) g",
                    "CREATE INDEX ON t (word)",
                    "CHECKPOINT",
                    "UPDATE t SET word = 'new' WHERE id % 10 = 0");
            server.stop(StopMode.FAST);
            compareDamaged(ClusterWal.of(server.dataDirectory()));
        }
    }

    private void compareDamaged(ClusterWal cluster) throws IOException {
        MemoryWal whole = cluster.inMemory();
        Lsn end = cluster.read(cluster.begin()).end().position();
        List<WalSegmentName> segments = cluster.segments().stream()
                .filter(name -> name.begin().isBefore(end))
                .toList();
        List<WalSegmentName> last = segments.subList(segments.size() - 2, segments.size());
        List<WalRecord> records = cluster.read(last.get(0).begin()).records();
        Random random = new Random(15);
        for (int i = 0; i < TRIES; ) {
            WalDamage damage = new WalDamage(random, whole, last, records);
            if (isSeenAlike(damage.position())) {
                compare(cluster, last, damage);
                i++;
            }
        }
    }

    /**
     * What {@code pg_waldump} does not look at, or looks at before it reads any WAL: a page's timeline beyond its order,
     * and the header of any segment.
     */
    private static boolean isSeenAlike(Lsn position) {
        int inPage = (int) position.value() & (PAGE - 1);
        boolean isSegmentHeader = ((int) position.value() & ((1 << 20) - 1)) < WalPages.LONG_HEADER;
        return !isSegmentHeader && (inPage < 4 || inPage > 7);
    }

    private void compare(ClusterWal cluster, List<WalSegmentName> segments, WalDamage damage) throws IOException {
        for (WalSegmentName name : segments) {
            Files.write(directory.resolve(name.fileName()), damage.wal().content(name));
        }
        Lsn start = segments.get(0).begin();
        ClusterWal.Listing ours = ClusterWal.Listing.of(WalReader.open(
                damage.wal(), cluster.control().version(), cluster.segmentSize(), cluster.history(), start));
        CommandResult theirs = oracle.run("pg_waldump", "--path=" + directory, "--start=" + start);

        assertThat(theirs.stdout().lines().count())
                .as("records of %s", damage)
                .isEqualTo(ours.records().size());
        assertThat(theirs.stderr())
                .as("end by %s", damage)
                .isEqualTo("pg_waldump: error: " + error(ours, start) + "\n");
    }

    private static String error(ClusterWal.Listing ours, Lsn start) {
        EndOfWal end = ours.end();
        if (end.reason() == EndOfWal.Reason.SHORT_SEGMENT) {
            return end.detail();
        }
        return ours.records().isEmpty()
                ? "could not find a valid record after " + start
                : "error in WAL record at " + end.lastRecordBegin() + ": " + end.detail();
    }
}
