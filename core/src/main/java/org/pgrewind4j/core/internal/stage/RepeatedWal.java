package org.pgrewind4j.core.internal.stage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.RepeatWal;
import org.pgrewind4j.core.NeededWal.Origin;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.cluster.EndedTimelines;
import org.pgrewind4j.core.internal.cluster.WalFiles;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.FileOperations.WritableFile;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.WalSegmentName;

/** Stages the segments of {@link EndedTimelines} once the others are staged, each with the mark that it is archived. */
final class RepeatedWal {

    private static final int BUFFER = 1 << 20;

    private final Order order;
    private final StagingArea area;
    private final FileOperations files;
    private final Fetcher fetcher;

    RepeatedWal(Order order, StagingArea area, FileOperations files, Fetcher fetcher) {
        this.order = order;
        this.area = area;
        this.files = files;
        this.fetcher = fetcher;
    }

    /** Stages what is not staged yet. */
    void stage() throws IOException {
        for (FileAction action : order.actions()) {
            if (action instanceof RepeatWal repeat && staged(repeat.path()).isEmpty()) {
                stage(repeat);
            }
        }
    }

    private void stage(RepeatWal repeat) throws IOException {
        String name = repeat.path().fileName();
        FetchedFile segment = FetchedFile.made(repeat, repeat.size(), area, name);
        Optional<Path> holder = holder(repeat);
        if (holder.isEmpty()) {
            // The source has removed the next timeline's meanwhile, and the standby gets it by itself.
            segment.markVanished();
            fetcher.add(List.of(segment));
            return;
        }
        try (FileChannel from = FileChannel.open(holder.get(), StandardOpenOption.READ);
                WritableFile to = files.open(segment.file())) {
            copy(from, to, repeat);
        }
        segment.delivered(0, repeat.size());
        fetcher.add(List.of(segment));
        DataPath mark = DataPath.of(order.base().version().walDirectory() + "/archive_status/" + name + ".done");
        if (staged(mark).isEmpty()) {
            FetchedFile done = FetchedFile.of(new CopyFile(mark, 0), area, mark.fileName());
            try (WritableFile empty = files.open(done.file())) {
                empty.resize(0);
            }
            fetcher.add(List.of(done));
        }
    }

    private Optional<FetchedFile> staged(DataPath path) {
        return fetcher.copies().stream()
                .filter(copy -> copy.path().equals(path))
                .findFirst();
    }

    /** A file that has the WAL of the segment up to the end of its timeline. */
    private Optional<Path> holder(RepeatWal repeat) {
        WalFiles walFiles = order.walFiles();
        WalSegmentName ended = WalSegmentName.parse(repeat.path().fileName(), (int) repeat.size())
                .orElseThrow();
        WalSegmentName newest =
                walFiles.newest(ended.segmentNumber(), order.replay().end().lsn());
        Optional<FetchedFile> staged = staged(walFiles.path(newest));
        if (staged.isPresent() && staged.get().isWhole()) {
            return Optional.of(staged.get().file());
        }
        if (staged.isEmpty() && walFiles.origin(newest) == Origin.TARGET) {
            return Optional.of(walFiles.path(newest).in(order.target()));
        }
        Divergence divergence = order.replay().divergence();
        Lsn shared = divergence == null ? Lsn.INVALID : divergence.position();
        return new EndedTimelines(walFiles, order.replay().history(), shared).isOnTarget(ended, repeat.end())
                ? Optional.of(repeat.path().in(order.target()))
                : Optional.empty();
    }

    /** Zeros are written: a server may make another segment of the file, and then relies on its having its room on the disk. */
    private static void copy(FileChannel from, WritableFile to, RepeatWal repeat) throws IOException {
        to.resize(0);
        long shared = repeat.end().minus(new Lsn(repeat.end().value() & -repeat.size()));
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        for (long done = 0; done < repeat.size(); done += BUFFER) {
            buffer.clear();
            int wanted = (int) Math.max(0, Math.min(BUFFER, shared - done));
            buffer.limit(wanted);
            while (buffer.hasRemaining()) {
                if (from.read(buffer, done + buffer.position()) < 0) {
                    throw new IOException("WAL that \"" + repeat.path() + "\" repeats ends at "
                            + (done + buffer.position()) + ", expected " + shared + " bytes");
                }
            }
            buffer.limit(BUFFER);
            while (buffer.hasRemaining()) {
                buffer.put((byte) 0);
            }
            to.write(buffer.flip(), done);
        }
    }
}
