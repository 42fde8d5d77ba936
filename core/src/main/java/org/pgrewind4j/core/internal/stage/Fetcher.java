package org.pgrewind4j.core.internal.stage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.RestoreWal;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.cluster.ArchivedWal;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.events.Events;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.FileOperations.WritableFile;
import org.pgrewind4j.core.internal.files.StagingFiles;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.wal.WalSegmentName;

/**
 * Fetches files and parts of files from the source into the staging area. Nothing outside the staging area is touched but
 * by {@link #overwrite}.
 */
public final class Fetcher {

    /** By so much a file of a running source may have grown since it was listed, and still come whole. */
    private static final long GROWTH = 64 * 1024;

    private final Transport transport;
    private final RelationGeometry geometry;

    /** Made of a running server, perhaps, and yet nothing in it grows. */
    private final boolean isBackup;

    private final StagingArea area;
    private final FileOperations files;
    private final ProgressCounter progress;
    private final Map<String, Long> blocksSize = new HashMap<>();
    private final List<FetchedFile> copies = new ArrayList<>();
    private final Set<DataPath> stagedWal = new HashSet<>();

    /** Segments that were staged once they were whole, and so need not be again. */
    private final Set<DataPath> finalWal = new HashSet<>();

    private @Nullable SourceMode mode;

    Fetcher(Order order, StagingArea area, FileOperations files, ProgressCounter progress) {
        this.transport = order.source();
        this.geometry = RelationGeometry.of(order.base());
        this.isBackup = order.restore() != null;
        this.area = area;
        this.files = files;
        this.progress = progress;
    }

    /** Everything staged so far. */
    public List<FetchedFile> copies() {
        return copies;
    }

    /** How many bytes of blocks are staged in each place. */
    Map<String, Long> stagedBlocks() {
        return Map.copyOf(blocksSize);
    }

    /** Stages what the actions take from the source; actions that take nothing are passed over. */
    public List<FetchedFile> fetch(List<? extends FileAction> actions) throws IOException {
        List<FetchedFile> fetched = new ArrayList<>();
        for (FileAction action : actions) {
            if (ReplayWal.isSegment(action.path())) {
                stagedWal.add(action.path());
            }
            if (action instanceof CopyFile copy) {
                String name = stagedName(copy.path(), copies.size() + fetched.size());
                fetched.add(FetchedFile.made(copy, sizeToAsk(copy), area, name));
            } else if (action instanceof CopyRanges copy) {
                String place = area.placeOf(copy.path());
                long position = blocksSize.getOrDefault(place, 0L);
                fetched.add(FetchedFile.of(copy, area, position));
                blocksSize.put(place, position + copy.bytes());
            }
        }
        fetchRanges(fetched);
        copies.addAll(fetched);
        return fetched;
    }

    /**
     * How much is asked for of a file that is copied whole. A running server replaces configuration files, its state of
     * replication origins ({@code src/backend/replication/logical/origin.c}, {@code CheckPointReplicationOrigin}) and the
     * like by longer ones; cut where the listing saw their end they would be wrong, and no WAL mends that. What relations
     * and WAL have gained since is in WAL.
     */
    private long sizeToAsk(CopyFile copy) throws IOException {
        boolean isMended =
                ReplayWal.isSegment(copy.path()) || geometry.file(copy.path()).isPresent();
        return isMended || isBackup || mode() == SourceMode.STOPPED ? copy.size() : copy.size() + GROWTH;
    }

    /** Asked for once: a running source is asked by a query. */
    private SourceMode mode() throws IOException {
        SourceMode known = mode;
        if (known == null) {
            known = transport.mode();
            mode = known;
        }
        return known;
    }

    /** Stages the segments that were not staged yet. */
    List<FetchedFile> fetchWal(List<CopyFile> segments) throws IOException {
        return fetch(segments.stream()
                .filter(segment -> !stagedWal.contains(segment.path()))
                .toList());
    }

    /** Takes over whole segments that were staged into the same area meanwhile, perhaps over a part of them. */
    void adopt(List<FetchedFile> segments) {
        for (FetchedFile segment : segments) {
            copies.removeIf(copy -> copy.path().equals(segment.path()));
            copies.add(segment);
            finalWal.add(segment.path());
            if (stagedWal.add(segment.path())) {
                progress.bytesDone(segment.delivered(0));
            }
        }
    }

    /** Takes note of what was staged in another way. */
    public void add(List<FetchedFile> others) {
        copies.addAll(others);
    }

    /** Forgets a copy, as if its file had not been staged. */
    void forget(FetchedFile copy) {
        copies.remove(copy);
        stagedWal.remove(copy.path());
    }

    /** Leaves a segment to the standby: the part of it that is staged must not be read, neither here nor by a server. */
    void leave(FetchedFile copy) throws IOException {
        files.delete(copy.file());
        copy.markVanished();
    }

    /** Forgets the segments that the source may have written to since: they are to be fetched again. */
    void forgetWalFrom(Lsn position, int segmentSize) {
        stagedWal.removeIf(path -> !finalWal.contains(path)
                && WalSegmentName.parse(path.fileName(), segmentSize)
                        .filter(segment -> segment.end().isAfter(position))
                        .isPresent());
        copies.removeIf(copy -> ReplayWal.isSegment(copy.path()) && !stagedWal.contains(copy.path()));
    }

    /** Writes blocks where they belong. */
    void overwrite(List<CopyRanges> blocks, DataDirectory target) throws IOException {
        List<FetchedFile> fetched = new ArrayList<>();
        for (CopyRanges copy : blocks) {
            fetched.add(FetchedFile.inPlace(copy, area, target.resolve(copy.path())));
        }
        fetchRanges(fetched);
        copies.addAll(fetched);
    }

    /** Stages what the actions take from the archives, unless it is staged. */
    void restore(List<? extends FileAction> actions, ArchivedWal archive) throws IOException {
        for (FileAction action : actions) {
            if (action instanceof RestoreWal restore && stagedWal.add(restore.path())) {
                String name = restore.path().fileName();
                FetchedFile copy = FetchedFile.of(new CopyFile(restore.path(), restore.size()), area, name);
                try (WritableFile staged = files.open(copy.file())) {
                    archive.copy(
                            WalSegmentName.parse(name, (int) restore.size()).orElseThrow(), staged);
                }
                copy.delivered(0, restore.size());
                copies.add(copy);
                progress.bytesDone(restore.size());
            }
        }
    }

    /** A number keeps names short and apart; the name behind it lets a reader of WAL find segments. */
    private static String stagedName(DataPath path, int number) {
        return ReplayWal.isSegment(path) ? path.fileName() : Integer.toString(number);
    }

    private void fetchRanges(List<FetchedFile> fetched) throws IOException {
        List<FileRange> ranges = new ArrayList<>();
        List<FetchedFile> owners = new ArrayList<>();
        for (FetchedFile copy : fetched) {
            for (FileRange range : copy.ranges()) {
                owners.add(copy);
                ranges.add(range);
            }
        }
        try (StagingFiles staging = new StagingFiles(files)) {
            Events.fetch(ranges, () -> transport.fetch(ranges, new Receiver(owners, staging)));
            for (FetchedFile copy : fetched) {
                if (copy.ranges().isEmpty()) {
                    // Of a file that is only cut nothing is staged, and it may be the only one here.
                    staging.touch(copy.file());
                }
            }
        }
    }

    /** Writes what comes where it belongs. */
    private final class Receiver implements RangeReceiver {
        private final List<FetchedFile> owners;
        private final StagingFiles staging;
        private final int[] indexInOwner;

        Receiver(List<FetchedFile> owners, StagingFiles staging) {
            this.owners = owners;
            this.staging = staging;
            this.indexInOwner = new int[owners.size()];
            for (int i = 1; i < indexInOwner.length; i++) {
                indexInOwner[i] = owners.get(i) == owners.get(i - 1) ? indexInOwner[i - 1] + 1 : 0;
            }
        }

        /** Whole files are staged at the offsets that they have on the source. */
        @Override
        public long transfer(int range, FileChannel file, long offset, long length) throws IOException {
            FetchedFile copy = owners.get(range);
            if (!(copy.action() instanceof CopyFile)) {
                return 0;
            }
            long taken = staging.transfer(copy.file(), file, offset, length);
            progress.bytesDone(taken);
            return taken;
        }

        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while staging");
            }
            FetchedFile copy = owners.get(range);
            progress.bytesDone(chunk.remaining());
            staging.write(copy.file(), chunk, copy.stagedAt(indexInOwner[range], offset));
        }

        @Override
        public void end(int range, long delivered) throws IOException {
            FetchedFile copy = owners.get(range);
            copy.delivered(indexInOwner[range], delivered);
            if (copy.action() instanceof CopyFile) {
                if (delivered == 0) {
                    staging.create(copy.file());
                }
                progress.fileDone();
            } else if (!copy.isInPlace()) {
                // Of a file that was cut meanwhile nothing comes, and it may be the only one that is staged here.
                staging.touch(copy.file());
            }
        }

        @Override
        public void vanished(int range) {
            owners.get(range).markVanished();
        }
    }
}
