package org.pgrewind4j.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;

/** The collector's findings in the WAL of real servers, held against {@link ChangedBlocksModel}. */
class ChangedBlockCollectorReleasesTest {

    private static final Lsn FIRST_SEGMENT = new Lsn(16 << 20);

    @ParameterizedTest
    @MethodSource("org.pgrewind4j.testserver.ServerRelease#all")
    void findsWhatASlowReaderFindsHoweverWalIsCut(ServerRelease release) throws IOException {
        try (PostgresServer server = PostgresServer.builder(release).build()) {
            server.initialize();
            server.start();
            writeEverything(server);
            server.stop(StopMode.IMMEDIATE);

            Wal wal = new Wal(server);
            ChangedBlocksModel all = wal.model(FIRST_SEGMENT, Lsn.MAX, Lsn.MAX);
            assertThat(all.fileCopies).isNotEmpty();
            assertThat(all.checkpoints).hasSizeGreaterThan(3);
            Random random = new Random(release.major());
            for (int trial = 0; trial < 6; trial++) {
                Lsn redo = all.records.get(random.nextInt(all.records.size() / 2));
                Lsn divergence = all.records.get(all.records.size() / 2 + random.nextInt(all.records.size() / 2));
                ChangedBlocksModel model = wal.model(redo, divergence, Lsn.MAX);
                for (int threads : List.of(1, 3)) {
                    for (int rangeSize : List.of(WalPages.PAGE_SIZE, 1 << 20, 16 << 20)) {
                        ChangedBlocks changed = wal.collector(redo, divergence)
                                .threads(threads)
                                .rangeSize(rangeSize)
                                .collect();
                        model.assertEqualTo(changed);
                    }
                }
            }
            assertThat(wal.model(all.checkpoints.get(2), Lsn.MAX, Lsn.MAX).rebuilt)
                    .isNotEmpty();
        }
    }

    /** Some of everything that the collector tells apart. */
    private static void writeEverything(PostgresServer server) {
        server.execute(
                "CREATE TABLE a AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 20000) g",
                "CREATE INDEX ON a (word)",
                "CREATE TABLE b (id int PRIMARY KEY, word text)",
                "INSERT INTO b SELECT * FROM a",
                "CHECKPOINT",
                "UPDATE a SET word = 'new' WHERE id % 10 = 0",
                "DELETE FROM a WHERE id > 15000",
                "VACUUM a",
                "CHECKPOINT");
        server.execute("CREATE DATABASE copied" + (server.release().isAtLeast(15) ? " STRATEGY = FILE_COPY" : ""));
        server.execute(
                "BEGIN; CREATE TABLE c (id int); INSERT INTO c VALUES (1); TRUNCATE c; INSERT INTO c VALUES (2); COMMIT",
                "UPDATE b SET word = 'new' WHERE id % 7 = 0",
                "CHECKPOINT",
                "UPDATE b SET word = 'newer' WHERE id % 3 = 0",
                "VACUUM FULL a",
                "TRUNCATE c",
                "DROP TABLE a",
                "DROP DATABASE copied",
                "CREATE UNLOGGED TABLE u AS SELECT g AS id FROM generate_series(1, 100) g",
                "DELETE FROM b WHERE id > 100",
                "VACUUM b");
    }

    private static final class Wal {
        final ControlFile control;
        final WalSegmentSource source;
        final TimelineHistory history;

        Wal(PostgresServer server) throws IOException {
            Path data = server.dataDirectory();
            control =
                    ControlFile.parse(Files.readAllBytes(data.resolve("global").resolve("pg_control")));
            source = new DirectoryWalSource(data.resolve(control.version().walDirectory()));
            history = TimelineHistory.ofSingle(control.checkPointCopy().timeline());
        }

        ChangedBlocksModel model(Lsn redo, Lsn divergence, Lsn end) throws IOException {
            try (WalReader reader = WalReader.open(source, control.version(), control.walSegmentSize(), history, redo)
                    .until(end)) {
                return new ChangedBlocksModel(reader, divergence);
            }
        }

        ChangedBlockCollector collector(Lsn redo, Lsn divergence) {
            return ChangedBlockCollector.of(source, control.version(), control.walSegmentSize(), history)
                    .redo(redo)
                    .divergence(divergence);
        }
    }
}
