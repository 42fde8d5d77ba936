package org.pgrewind4j.core.internal.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.UpdateFile;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.local.DataDirectory;

/**
 * Compares files with those of a running source by hashes that it computes, and stages the blocks that differ: first
 * chunks, then the blocks of those that are not equal. Of each chunk that is equal one hash comes over the network, of
 * each other one hash for each of its blocks, and the blocks that differ.
 *
 * <p>The source changes meanwhile. Each answer is about what it had at that moment, and every moment is as good as any
 * other ({@code LostEvidence}, 3): a block counts as equal if it was so when it was asked about, alone or in its chunk;
 * what is fetched is what it has become by then. A file that has been cut is fetched as far as it reaches, and one that
 * is gone is gone: the records that say so are replayed.
 */
public final class HashedUpdates {

    /** What the source hashes in one piece. */
    private static final int CHUNK = 256 * 1024;

    /** So many chunks are compared with one call: enough to keep several connections busy, 4 GB of files. */
    private static final int BATCH = 16 * 1024;

    private final Transport source;
    private final Path target;
    private final DataDirectory targetFiles;
    private final RelationGeometry geometry;
    private final Fetcher fetcher;
    private final ProgressCounter progress;

    public HashedUpdates(Order order, Fetcher fetcher, ProgressCounter progress) {
        this.source = order.source();
        this.target = order.target();
        this.targetFiles = DataDirectory.of(order.target());
        this.geometry = RelationGeometry.of(order.base());
        this.fetcher = fetcher;
        this.progress = progress;
    }

    /** Stages what the updates among some actions need. */
    public void stage(List<FileAction> actions) throws IOException {
        Batch batch = new Batch();
        for (FileAction action : actions) {
            if (action instanceof UpdateFile update) {
                batch.add(update);
                if (batch.chunks.size() >= BATCH) {
                    batch.stage();
                    batch = new Batch();
                }
            }
        }
        batch.stage();
    }

    /** Files that are compared at once. */
    private final class Batch {

        private final List<UpdateFile> updates = new ArrayList<>();

        /** How much of each file both sides have, in whole blocks. */
        private final List<Long> shared = new ArrayList<>();

        private final List<FileRange> chunks = new ArrayList<>();

        void add(UpdateFile update) throws IOException {
            // A server that died while it extended the file can have left a part of a block at its end.
            long both = Math.min(geometry.wholeBlocks(targetSize(update)), geometry.wholeBlocks(update.size()));
            updates.add(update);
            shared.add(both);
            cut(new FileRange(update.path(), 0, both), CHUNK, chunks);
        }

        void stage() throws IOException {
            List<FileRange> blocks = new ArrayList<>();
            for (FileRange chunk : different(chunks)) {
                cut(chunk, geometry.blockSize(), blocks);
            }
            List<FileRange> found = different(blocks);
            List<CopyRanges> copies = new ArrayList<>();
            int next = 0;
            for (int i = 0; i < updates.size(); i++) {
                UpdateFile update = updates.get(i);
                List<FileRange> ranges = new ArrayList<>();
                for (; next < found.size() && found.get(next).path().equals(update.path()); next++) {
                    found.get(next).appendTo(ranges);
                }
                long both = shared.get(i);
                new FileRange(update.path(), both, update.size() - both).appendTo(ranges);
                CopyRanges copy = new CopyRanges(update.path(), ranges, update.size());
                progress.bytesDone(update.size() - copy.bytes());
                if (!ranges.isEmpty() || targetSize(update) != update.size()) {
                    copies.add(copy);
                } else {
                    progress.fileDone();
                }
            }
            fetcher.fetch(copies);
        }
    }

    private long targetSize(UpdateFile update) throws IOException {
        return Files.size(targetFiles.resolve(update.path()));
    }

    private List<FileRange> different(List<FileRange> ranges) throws IOException {
        List<FileRange> found = new ArrayList<>();
        if (!ranges.isEmpty()) {
            BitSet different = source.different(ranges, target);
            different.stream().forEach(i -> found.add(ranges.get(i)));
        }
        return found;
    }

    private static void cut(FileRange range, int length, List<FileRange> pieces) {
        for (long at = range.offset(); at < range.end(); at += length) {
            pieces.add(new FileRange(range.path(), at, Math.min(length, range.end() - at)));
        }
    }
}
