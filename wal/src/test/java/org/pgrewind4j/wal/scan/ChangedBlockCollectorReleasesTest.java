package org.pgrewind4j.wal.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.Workload;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.ClusterWal;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.framing.WalPages;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.scan.ChangedBlocksModel.Block;

/** The collector's findings in the WAL of real servers, held against slow readers' and the servers' own. */
@Tag("server")
class ChangedBlockCollectorReleasesTest {

    private static final int ROUND = 100;

    static List<ServerRelease> withWalInspect() {
        return ServerRelease.since(16);
    }

    @ParameterizedTest
    @MethodSource("org.pgrewind4j.testserver.ServerRelease#all")
    void findsWhatASlowReaderFindsUpToTheEndOfACrashedServersWal(ServerRelease release)
            throws IOException, InterruptedException {
        try (PostgresServer server = server(release)) {
            killUnderLoad(server);

            ClusterWal wal = ClusterWal.of(server.dataDirectory());
            ChangedBlocksModel all = model(wal, wal.begin(), Lsn.MAX, Lsn.MAX);
            assertThat(all.fileCopies).isNotEmpty();
            assertThat(all.checkpoints).hasSizeGreaterThan(3);
            assertThat(all.rebuilt).isNotEmpty();
            assertThat(model(wal, wal.begin(), wal.begin(), Lsn.MAX).truncations)
                    .isNotEmpty();
            Random random = new Random(release.major());
            for (int trial = 0; trial < 4; trial++) {
                Lsn redo = all.records.get(random.nextInt(all.records.size() / 2));
                Lsn divergence = all.records.get(all.records.size() / 2 + random.nextInt(all.records.size() / 2));
                assertSameHoweverWalIsCut(wal, redo, divergence);
                assertThat(lastCheckpoint(wal, divergence))
                        .isEqualTo(all.checkpoints.stream()
                                .filter(begin -> begin.isBefore(divergence))
                                .reduce((a, b) -> b)
                                .orElseThrow());
            }
        }
    }

    private static PostgresServer server(ServerRelease release) {
        // Many segments, where segments can be small.
        var builder = Workload.settings(PostgresServer.builder(release));
        return (release.isAtLeast(11) ? builder.walSegmentMegabytes(1) : builder).build();
    }

    /** Leaves WAL that ends wherever the server was just writing. */
    private static void killUnderLoad(PostgresServer server) throws InterruptedException {
        server.initialize();
        server.start();
        Workload workload = Workload.of(server);
        workload.prepare();
        workload.run(1, ROUND);
        server.checkpoint();
        workload.run(2, ROUND);
        CountDownLatch isWriting = new CountDownLatch(50);
        Thread writer = new Thread(() -> {
            try (var connection = server.connection("postgres");
                    var statement = connection.createStatement()) {
                statement.execute("CREATE TABLE load (id int, word text)");
                while (true) {
                    statement.execute(
                            "INSERT INTO load SELECT g, repeat(md5(g::text), 10) FROM generate_series(1, 20) g");
                    isWriting.countDown();
                }
            } catch (SQLException e) {
                // The server is gone, as it should be.
            }
        });
        writer.start();
        isWriting.await();
        server.kill();
        writer.join();
    }

    private static ChangedBlocksModel model(ClusterWal wal, Lsn redo, Lsn divergence, Lsn end) throws IOException {
        try (WalReader reader = wal.open(redo).until(end)) {
            return new ChangedBlocksModel(reader, divergence);
        }
    }

    private static ChangedBlockCollector collector(ClusterWal wal, Lsn redo, Lsn divergence) {
        return ChangedBlockCollector.of(wal.source(), wal.control().version(), wal.segmentSize(), wal.history())
                .redo(redo)
                .divergence(divergence);
    }

    private static void assertSameHoweverWalIsCut(ClusterWal wal, Lsn redo, Lsn divergence) throws IOException {
        ChangedBlocksModel model = model(wal, redo, divergence, Lsn.MAX);
        for (int threads : List.of(1, 3)) {
            for (int rangeSize : List.of(WalPages.PAGE_SIZE, 128 << 10, 16 << 20)) {
                model.assertEqualTo(collector(wal, redo, divergence)
                        .threads(threads)
                        .rangeSize(rangeSize)
                        .collect());
            }
        }
    }

    private static Lsn lastCheckpoint(ClusterWal wal, Lsn limit) throws IOException {
        return CheckpointFinder.lastBefore(
                        wal.source(), wal.control().version(), wal.segmentSize(), wal.history(), limit)
                .begin();
    }

    @Test
    void findsTheEndThatPgWaldumpFinds() throws IOException, InterruptedException {
        Oracle oracle = Oracle.require();
        try (PostgresServer server = server(ServerRelease.installed15().orElseThrow())) {
            killUnderLoad(server);

            ClusterWal wal = ClusterWal.of(server.dataDirectory());
            CommandResult dump =
                    oracle.run("pg_waldump", "--quiet", "--path=" + wal.directory(), "--start=" + wal.begin());
            for (int threads : List.of(1, 3)) {
                EndOfWal end = collector(wal, wal.begin(), wal.begin())
                        .threads(threads)
                        .rangeSize(64 << 10)
                        .collect()
                        .end();
                assertThat("pg_waldump: error: error in WAL record at " + end.lastRecordBegin() + ": " + end.detail()
                                + "\n")
                        .isEqualTo(dump.stderr());
            }
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("withWalInspect")
    void findsTheBlocksThatTheServerLists(ServerRelease release) throws IOException {
        try (PostgresServer server = server(release)) {
            server.initialize();
            server.start();
            server.execute("CREATE EXTENSION pg_walinspect");
            Workload workload = Workload.of(server);
            workload.prepare();
            workload.run(1, ROUND);
            Lsn redo = server.currentWalLsn();
            workload.run(2, ROUND);
            Lsn divergence = server.currentWalLsn();
            workload.run(3, ROUND);
            server.switchWal();
            Lsn end = server.currentWalLsn();

            ClusterWal wal = ClusterWal.of(server.dataDirectory());
            ChangedBlocks changed =
                    collector(wal, redo, divergence).end(end).threads(2).collect();
            assertThat(ChangedBlocksModel.blocksOf(changed.before()))
                    .isEqualTo(blocks(server, redo, divergence, "TRUE"));
            Set<Block> after = blocks(server, divergence, end, "TRUE");
            // Changed without a record, together with what the others name.
            blocks(server, divergence, end, "bool_or(resource_manager = 'SPGist')")
                    .forEach(block -> after.add(new Block(block.relation(), 0)));
            assertThat(ChangedBlocksModel.blocksOf(changed.after())).isEqualTo(after);
            // The server does not list which pages replay re-creates without an image.
            assertThat(ChangedBlocksModel.blocksOf(changed.rebuilt()))
                    .isNotEmpty()
                    .containsAll(blocks(
                            server,
                            redo,
                            divergence,
                            "(array_agg(coalesce(block_fpi_info @> '{APPLY}', FALSE)"
                                    + " ORDER BY start_lsn, block_id))[1]"));
        }
    }

    private static Set<Block> blocks(PostgresServer server, Lsn from, Lsn to, String condition) {
        Set<Block> blocks = new HashSet<>();
        for (List<String> row : server.query("SELECT reltablespace, reldatabase, relfilenode, relblocknumber"
                + " FROM pg_get_wal_block_info('" + from + "', '" + to + "', FALSE) WHERE relforknumber = 0"
                + " GROUP BY 1, 2, 3, 4 HAVING " + condition)) {
            RelFileLocator relation = new RelFileLocator(
                    Integer.parseUnsignedInt(row.get(0)),
                    Integer.parseUnsignedInt(row.get(1)),
                    Integer.parseUnsignedInt(row.get(2)));
            blocks.add(new Block(relation, Long.parseLong(row.get(3))));
        }
        return blocks;
    }
}
