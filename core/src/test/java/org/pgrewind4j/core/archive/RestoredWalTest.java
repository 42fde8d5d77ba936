package org.pgrewind4j.core.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.DivergedPair;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.FileAction.RestoreWal;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.internal.area.OwnNames;
import org.pgrewind4j.testserver.LogicalContents;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/** WAL that neither side has any more comes from the archive, both to be scanned and to be replayed. */
@Tag("server")
class RestoredWalTest {

    @TempDir
    private Path archive;

    /** Back to the old primary, whose timeline the target has left. */
    @Test
    void readsTheHistoryOfATargetThatHasItInTheArchiveOnly() throws IOException {
        try (DivergedPair pair = pair();
                LocalDirectoryTransport source =
                        LocalDirectoryTransport.open(pair.target().dataDirectory())) {
            Path target = pair.source().dataDirectory();
            Files.move(target.resolve("pg_wal/00000002.history"), archive.resolve("00000002.history"));
            Rewind rewind = Rewind.of(target).from(source);
            assertThat(rewind.plan().problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Problem.Kind.HISTORY_UNKNOWN);
                assertThat(problem.side()).isEqualTo(Side.TARGET);
                assertThat(problem.place()).isEqualTo("pg_wal/00000002.history");
            });

            assertThat(rewind.walFrom(WalSegmentSource.firstOf(new DirectoryWalSource(archive)))
                            .plan()
                            .verdict())
                    .isEqualTo(Verdict.REWIND);
        }
    }

    @Test
    void rewindsWhatHasItsWalInTheArchiveOnly() throws IOException {
        try (DivergedPair pair = pair();
                LocalDirectoryTransport source =
                        LocalDirectoryTransport.open(pair.source().dataDirectory())) {
            PostgresServer target = pair.target();
            RewindPlan whole = Rewind.of(target.dataDirectory()).from(source).plan();
            int moved = archive(whole.divergence().orElseThrow().position(), target, pair.source());
            assertThat(moved).isGreaterThan(1);
            assertThat(Rewind.of(target.dataDirectory()).from(source).plan().problems())
                    .extracting(Problem::kind)
                    .containsExactly(Problem.Kind.WAL_MISSING_FOR_SCAN);

            target.configure("restore_command", "cp \"" + archive + "/%f\" \"%p\"");
            RestoreCommand command =
                    RestoreCommand.configured(target.dataDirectory()).orElseThrow();
            try (RestoredWal wal = command.open(target.dataDirectory())) {
                RewindPlan plan = Rewind.of(target.dataDirectory())
                        .from(source)
                        .walFrom(wal)
                        .durability(Durability.NO_SYNC)
                        .plan();
                assertThat(plan.problems()).isEmpty();
                assertThat(plan.redo()).isEqualTo(whole.redo());
                assertThat(plan.actions()).hasAtLeastOneElementOfType(RestoreWal.class);
                assertThat(plan.execute().bytes()).isEqualTo(plan.bytes());
            }

            assertThat(target.dataDirectory().resolve(OwnNames.RESTORED)).doesNotExist();
            pair.source().start();
            target.standbyOf(pair.source());
            // What it needs is there already.
            target.configure("restore_command", "false");
            target.start();
            target.catchUpWith(pair.source());
            assertThat(LogicalContents.of(target)).isEqualTo(LogicalContents.of(pair.source()));
        }
    }

    private static DivergedPair pair() {
        return DivergedPair.of(
                PostgresServer.builder(ServerRelease.of("15"))
                        .withChecksums()
                        .walSegmentMegabytes(1)
                        .setting("fsync", "off"),
                shared -> {
                    shared.execute("CHECKPOINT", "CREATE TABLE t AS SELECT generate_series(1, 10000) AS id");
                    shared.switchWal();
                    shared.execute("UPDATE t SET id = -id");
                },
                old -> old.execute("UPDATE t SET id = id + 1 WHERE id % 100 = 0"),
                promoted -> promoted.execute("DELETE FROM t WHERE id % 7 = 0"));
    }

    /** Moves all segments before that of a position from both sides to the archive; returns how many. */
    private int archive(Lsn divergence, PostgresServer... servers) throws IOException {
        int moved = 0;
        for (PostgresServer server : servers) {
            Path wal = server.dataDirectory().resolve("pg_wal");
            List<Path> segments;
            try (var files = Files.list(wal)) {
                segments = files.filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
                        .filter(file -> isBefore(file, divergence))
                        .toList();
            }
            for (Path segment : segments) {
                Path archived = archive.resolve(segment.getFileName());
                moved += Files.exists(archived) ? 0 : 1;
                Files.copy(segment, archived, StandardCopyOption.REPLACE_EXISTING);
                Files.delete(segment);
            }
        }
        return moved;
    }

    private static boolean isBefore(Path segment, Lsn divergence) {
        return WalSegmentName.parse(segment.getFileName().toString(), 1 << 20)
                .filter(name -> !name.end().isAfter(divergence))
                .isPresent();
    }
}
