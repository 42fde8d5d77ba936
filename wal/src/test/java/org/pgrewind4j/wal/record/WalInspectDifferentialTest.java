package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.Workload;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.ClusterWal;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.ForkName;

/** Records, blocks, images and data are those that the server's own extension {@code pg_walinspect} sees. */
@Tag("server")
class WalInspectDifferentialTest {

    static List<ServerRelease> releases() {
        return ServerRelease.since(16);
    }

    // Older releases have nothing that lists blocks: a run on these alone has nothing to do here.
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("releases")
    void listsWhatTheServerLists(ServerRelease release) throws IOException {
        PostgresServerBuilder builder = PostgresServer.builder(release)
                .setting("wal_compression", "pglz")
                .setting("wal_consistency_checking", "heap, btree, gin");
        try (PostgresServer server = Workload.settings(builder).build()) {
            server.initialize();
            server.start();
            server.execute("CREATE EXTENSION pg_walinspect");
            Workload workload = Workload.of(server);
            workload.prepare();
            workload.run(1, 50);
            server.switchWal();

            assertSameRecords(server);
        }
    }

    private static void assertSameRecords(PostgresServer server) throws IOException {
        ClusterWal wal = ClusterWal.of(server.dataDirectory());
        Lsn end = server.currentWalLsn();
        ClusterWal.Listing ours = ClusterWal.Listing.of(wal.open(wal.begin()).until(end));
        String range = "('" + wal.begin() + "', '" + end + "')";

        assertThat(ours.end().reason()).isEqualTo(EndOfWal.Reason.LIMIT);
        Lines.assertSame(
                ours.records().stream()
                        .map(WalInspectDifferentialTest::recordRow)
                        .toList(),
                rows(
                        server,
                        "SELECT start_lsn, end_lsn, prev_lsn, xid, resource_manager, record_type, record_length,"
                                + " main_data_length, fpi_length FROM pg_get_wal_records_info" + range));
        Lines.assertSame(
                ours.records().stream()
                        .flatMap(record -> record.blocks().stream().map(block -> blockRow(record, block)))
                        .toList(),
                rows(
                        server,
                        "SELECT start_lsn, block_id, reltablespace || '/' || reldatabase || '/' || relfilenode,"
                                + " relforknumber, relblocknumber, block_data_length, block_fpi_length,"
                                + " array_to_string(block_fpi_info, ' '), md5(block_data),"
                                + " md5(block_fpi_data)"
                                + " FROM pg_get_wal_block_info" + range));
    }

    private static List<String> rows(PostgresServer server, String query) {
        List<String> rows = new ArrayList<>();
        for (List<String> row : server.query(query)) {
            rows.add(String.join("|", row));
        }
        return rows;
    }

    private static String recordRow(WalRecord record) {
        return String.join(
                "|",
                record.begin().toString(),
                record.end().toString(),
                record.previous().toString(),
                Long.toString(record.xid()),
                record.resourceManager().name(),
                record.typeName(),
                Integer.toString(record.totalLength()),
                Integer.toString(record.mainData().remaining()),
                Integer.toString(record.imageLength()));
    }

    private static String blockRow(WalRecord record, BlockReference block) {
        return String.join(
                "|",
                record.begin().toString(),
                Integer.toString(block.id()),
                block.relation().toString(),
                Integer.toString(List.of(ForkName.values()).indexOf(block.fork())),
                Long.toString(block.block()),
                Integer.toString(block.data().remaining()),
                Integer.toString(block.image().map(BlockImage::length).orElse(0)),
                block.image().map(WalInspectDifferentialTest::flags).orElse(""),
                md5(block.data()),
                block.image()
                        .map(image -> md5(ByteBuffer.wrap(image.restore())))
                        .orElse(""));
    }

    private static String flags(BlockImage image) {
        List<String> flags = new ArrayList<>();
        if (image.holeLength() > 0) {
            flags.add("HAS_HOLE");
        }
        if (image.isApplied()) {
            flags.add("APPLY");
        }
        if (image.compression() != BlockImage.Compression.NONE) {
            flags.add("COMPRESS_" + image.compression());
        }
        return String.join(" ", flags);
    }

    /** As SQL: of nothing, nothing. */
    private static String md5(ByteBuffer bytes) {
        if (!bytes.hasRemaining()) {
            return "";
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(bytes);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
