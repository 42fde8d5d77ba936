package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.scan.ChangedBlockCollector;
import org.pgrewind4j.wal.scan.ChangedBlocks;
import org.pgrewind4j.wal.scan.CheckpointFinder;

/**
 * A stopped old primary that wrote much WAL of one kind after a failover, and the stopped new primary, which wrote
 * hardly any. Made by real servers once and kept, because that takes longer than all measuring.
 *
 * @param target the old primary's data directory
 * @param source the new primary's data directory
 * @param control the old primary's control file
 * @param divergence where the new primary's timeline begins
 */
record BenchWal(Path target, Path source, ControlFile control, Lsn divergence) {

    private static final TimelineId SOURCE_TIMELINE = new TimelineId(2);

    /** Makes the two servers, unless an earlier run has left them in the folder. */
    static BenchWal of(WalKind kind, ServerRelease release, Path folder, int megabytes) throws IOException {
        String name = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
        Path home = folder.toAbsolutePath().resolve(name + "-" + release.major() + "-" + megabytes);
        Path complete = home.resolve("complete");
        Path target = home.resolve("target");
        Path source = home.resolve("source");
        if (!Files.exists(complete)) {
            if (Files.exists(home)) {
                throw new IOException(home + " was left half made; remove it");
            }
            Files.createDirectories(home);
            make(kind, release, target, source, megabytes);
            Files.createFile(complete);
        }
        ControlFile control =
                ControlFile.parse(Files.readAllBytes(target.resolve("global").resolve("pg_control")));
        TimelineHistory history = TimelineHistory.parse(
                SOURCE_TIMELINE,
                Files.readString(
                        source.resolve(control.version().walDirectory()).resolve(SOURCE_TIMELINE.historyFileName())));
        return new BenchWal(target, source, control, history.last().begin());
    }

    private static void make(WalKind kind, ServerRelease release, Path target, Path source, int megabytes) {
        try (PostgresServer primary = PostgresServer.builder(release)
                .dataDirectory(target)
                .withChecksums()
                .setting("max_wal_size", "64GB")
                .setting("checkpoint_timeout", "1d")
                .setting("shared_buffers", "512MB")
                .setting(
                        release.isAtLeast(13) ? "wal_keep_size" : "wal_keep_segments",
                        release.isAtLeast(13) ? "32GB" : "2048")
                .build()) {
            primary.initialize();
            primary.start();
            kind.prepare(primary, megabytes);
            primary.stop(StopMode.FAST);
            promote(primary, source);
            Lsn begin = primary.currentWalLsn();
            for (int round = 0; primary.currentWalLsn().minus(begin) < megabytes * 1_000_000L; round++) {
                kind.write(primary, round);
            }
            primary.stop(StopMode.FAST);
        }
    }

    /** Leaves the primary running, and a stopped standby that was promoted here. */
    private static void promote(PostgresServer primary, Path source) {
        try (PostgresServer standby = primary.copyTo(source)) {
            standby.standbyOf(primary);
            primary.start();
            standby.start();
            standby.catchUpWith(primary);
            standby.promote();
            standby.execute("CREATE TABLE promoted (id int)", "CHECKPOINT");
            standby.stop(StopMode.FAST);
        }
    }

    TimelineHistory history() {
        return TimelineHistory.ofSingle(control.checkPointCopy().timeline());
    }

    Path walDirectory() {
        return target.resolve(control.version().walDirectory());
    }

    DirectoryWalSource wal() {
        return new DirectoryWalSource(walDirectory());
    }

    /** The segments that the scan reads, in order: those from the divergence to the last one written. */
    List<Path> segments() {
        Lsn last = control.checkPoint();
        try (Stream<Path> files = Files.list(walDirectory())) {
            return files.filter(file -> WalSegmentName.parse(file.getFileName().toString(), control.walSegmentSize())
                            .filter(name -> name.end().isAfter(divergence)
                                    && !name.begin().isAfter(last))
                            .isPresent())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How much of it there is, in bytes. */
    long bytes() {
        return control.checkPoint().minus(divergence);
    }

    /** What a rewind does first: find the last shared checkpoint, and scan from its redo pointer to the end. */
    ChangedBlocks scan(int threads) throws IOException {
        Lsn redo = CheckpointFinder.lastBefore(
                        wal(), control.version(), control.walSegmentSize(), history(), divergence)
                .checkPoint()
                .redo();
        return ChangedBlockCollector.of(wal(), control.version(), control.walSegmentSize(), history())
                .redo(redo)
                .divergence(divergence)
                .threads(threads)
                .collect();
    }
}
