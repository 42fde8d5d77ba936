package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.LogicalContents;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.control.CheckPoint;
import org.pgrewind4j.wal.control.ControlFile;

/** WAL between a redo point and its checkpoint's record that only the standby itself will find. */
@Tag("server")
class MissingRedoTest {

    private static final int SEGMENT = 1 << 20;

    @TempDir
    private Path archive;

    static List<ServerRelease> releases() {
        return List.of(ServerRelease.of("13"), ServerRelease.newest());
    }

    @ParameterizedTest
    @MethodSource("releases")
    void copiesAllSinceTheCheckpointWhereNobodyCanTellWhatIsRebuilt(ServerRelease release) throws IOException {
        try (DivergedPair pair = DivergedPair.of(
                        PostgresServer.builder(release)
                                .withChecksums()
                                .walSegmentMegabytes(1)
                                .setting("autovacuum", "off")
                                .setting("fsync", "off")
                                .setting("checkpoint_timeout", "1h"),
                        MissingRedoTest::writeDuringACheckpoint,
                        old -> old.execute("UPDATE t SET v = 'lost' WHERE id % 7 = 0"),
                        promoted -> promoted.execute("UPDATE t SET v = 'new' WHERE id % 5 = 0"));
                LocalDirectoryTransport source =
                        LocalDirectoryTransport.open(pair.source().dataDirectory())) {
            PostgresServer target = pair.target();
            Rewind rewind = Rewind.of(target.dataDirectory()).from(source).durability(Durability.NO_SYNC);
            RewindPlan whole = rewind.plan();
            assertThat(whole.blockSelection()).isEqualTo(BlockSelection.MINIMAL);
            archive(whole.redo().orElseThrow(), whole.checkPoint().orElseThrow(), target, pair.source());

            assertThat(rewind.plan().problems())
                    .extracting(Problem::kind)
                    .containsExactly(Problem.Kind.WAL_MISSING_FOR_REPLAY);

            RewindPlan plan = rewind.restorable(segment -> Files.exists(archive.resolve(segment.fileName())))
                    .plan();
            assertThat(plan.problems()).isEmpty();
            assertThat(plan.redo()).isEqualTo(whole.redo());
            assertThat(plan.blockSelection()).isEqualTo(BlockSelection.SINCE_CHECKPOINT);
            assertThat(plan.blocksWithoutImage()).isZero();
            JsonSchemas.assertValid(plan);
            plan.execute();

            pair.source().start();
            target.standbyOf(pair.source());
            target.configure("restore_command", "cp \"" + archive + "/%f\" \"%p\"");
            target.start();
            target.catchUpWith(pair.source());
            assertThat(LogicalContents.of(target)).isEqualTo(LogicalContents.of(pair.source()));
        }
    }

    /** One that is in no hurry takes a while for each page. */
    private static void writeDuringACheckpoint(PostgresServer primary) {
        primary.execute(
                "CREATE TABLE t AS SELECT g AS id, 'shared' AS v FROM generate_series(1, 3000) g", "CHECKPOINT");
        boolean isApart = false;
        for (int attempt = 0; !isApart && attempt < 10; attempt++) {
            primary.execute("UPDATE t SET v = 'shared ' || v WHERE id < 3000");
            String backup =
                    primary.release().isAtLeast(15) ? "pg_backup_start('b', false)" : "pg_start_backup('b', false)";
            try (Connection connection = primary.connection("postgres");
                    Statement statement = connection.createStatement()) {
                Thread writer = new Thread(() -> primary.execute(
                        "SELECT pg_sleep(0.3)",
                        "CREATE TABLE filler" + System.nanoTime()
                                + " AS SELECT repeat(md5(g::text), 20) FROM generate_series(1, 4000) g",
                        "SELECT pg_switch_wal()",
                        "UPDATE t SET v = 'shared' WHERE id % 3 = 0"));
                writer.start();
                statement.execute("SELECT " + backup);
                writer.join();
                ControlFile controlFile = ControlFileBytes.read(primary.dataDirectory());
                CheckPoint checkPoint = controlFile.checkPointCopy();
                isApart = segment(checkPoint.redo()) + 1 < segment(controlFile.checkPoint());
            } catch (SQLException | IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        assertThat(isApart).isTrue();
    }

    private static long segment(Lsn position) {
        return position.value() / SEGMENT;
    }

    /** Moves the segments from that of the redo point up to that of the checkpoint. */
    private void archive(Lsn redo, Lsn checkPoint, PostgresServer... servers) throws IOException {
        for (PostgresServer server : servers) {
            Path wal = server.dataDirectory().resolve("pg_wal");
            for (long number = segment(redo); number < segment(checkPoint); number++) {
                String name = new WalSegmentName(new TimelineId(1), number, SEGMENT).fileName();
                if (Files.exists(wal.resolve(name))) {
                    Files.copy(wal.resolve(name), archive.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                    Files.delete(wal.resolve(name));
                }
            }
        }
    }
}
