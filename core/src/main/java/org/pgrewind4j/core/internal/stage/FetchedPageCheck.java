package org.pgrewind4j.core.internal.stage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.internal.cluster.BackupSource;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.StagingFiles;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.PageHeader;
import org.pgrewind4j.wal.RelationFile;

/**
 * Reads staged data once more: for its CRC, and to verify the checksum of every page of a main fork. A page that a
 * running source was just writing can have been read torn; it is fetched again. Replay would repair it, but a page that
 * stays bad is damaged on the source, and is not copied on.
 */
final class FetchedPageCheck {

    private static final int ATTEMPTS = 10;
    private static final int BLOCKS_AT_ONCE = 128;

    private final Transport transport;
    private final FileOperations files;
    private final RelationGeometry geometry;
    private final boolean hasChecksums;
    private final ByteBuffer buffer;

    private FetchedPageCheck(
            Transport transport, FileOperations files, RelationGeometry geometry, PageChecksums pageChecksums) {
        this.transport = transport;
        this.files = files;
        this.geometry = geometry;
        this.hasChecksums = pageChecksums == PageChecksums.VERIFIED;
        this.buffer = ByteBuffer.allocateDirect(geometry.blockSize() * BLOCKS_AT_ONCE);
    }

    private enum PageChecksums {
        VERIFIED,
        IGNORED
    }

    static FetchedPageCheck of(Order order, FileOperations files) {
        return new FetchedPageCheck(
                order.source(),
                files,
                RelationGeometry.of(order.base()),
                order.base().hasDataChecksums() && order.restore() == null
                        ? PageChecksums.VERIFIED
                        : PageChecksums.IGNORED);
    }

    /**
     * Checks all that was not checked yet. To be done before the source is asked where replay must end: a page that is
     * fetched again can be newer than all others.
     *
     * @throws PgRewindException if a page stays bad
     */
    void check(List<FetchedFile> copies) throws IOException {
        for (FetchedFile copy : copies) {
            if (!copy.isChecked() && !copy.isVanished()) {
                copy.checked(crcs(copy));
            }
        }
    }

    private int[] crcs(FetchedFile copy) throws IOException {
        RelationFile relation = geometry.file(copy.path())
                .filter(file -> hasChecksums && file.fork() == ForkName.MAIN)
                .orElse(null);
        int[] crcs = new int[copy.ranges().size()];
        List<FileRange> bad = read(copy, relation, crcs);
        for (int attempt = 1; !bad.isEmpty() && !copy.isVanished(); attempt++) {
            if (transport instanceof BackupSource) {
                throw damagedInBackup(bad.get(0));
            }
            if (attempt > ATTEMPTS) {
                throw damaged(bad.get(0));
            }
            fetchAgain(copy, bad);
            bad = read(copy, relation, crcs);
        }
        return crcs;
    }

    private List<FileRange> read(FetchedFile copy, @Nullable RelationFile relation, int[] crcs) throws IOException {
        List<FileRange> bad = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(copy.file(), StandardOpenOption.READ)) {
            for (int i = 0; i < crcs.length; i++) {
                crcs[i] = read(copy, i, channel, relation, bad);
            }
        }
        return bad;
    }

    private int read(
            FetchedFile copy, int range, FileChannel channel, @Nullable RelationFile relation, List<FileRange> bad)
            throws IOException {
        CRC32C crc = new CRC32C();
        long offset = copy.ranges().get(range).offset();
        long end = offset + copy.delivered(range);
        while (offset < end) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - offset));
            long staged = copy.stagedAt(range, offset);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, staged + buffer.position()) < 0) {
                    throw new IOException("staged data of \"" + copy.path() + "\" is shorter than what was fetched");
                }
            }
            buffer.flip();
            if (relation != null) {
                verify(copy, relation, offset, bad);
            }
            offset += buffer.limit();
            crc.update(buffer);
        }
        return (int) crc.getValue();
    }

    private void verify(FetchedFile copy, RelationFile relation, long offset, List<FileRange> bad) {
        int blockSize = geometry.blockSize();
        for (int at = 0; at + blockSize <= buffer.limit(); at += blockSize) {
            long block = relation.firstBlock(geometry.segmentBlocks()) + (offset + at) / blockSize;
            if (!PageHeader.verify(buffer, at, blockSize, block)) {
                bad.add(new FileRange(copy.path(), offset + at, blockSize));
            }
        }
    }

    /** Fetches pages again. A file that vanished or shrank meanwhile takes them with it, as replay will. */
    private void fetchAgain(FetchedFile copy, List<FileRange> pages) throws IOException {
        try (StagingFiles staging = new StagingFiles(files)) {
            transport.fetch(pages, new RangeReceiver() {
                @Override
                public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                    staging.write(copy.file(), chunk, stagedAt(copy, offset));
                }

                @Override
                public void end(int range, long delivered) {
                    if (delivered < pages.get(range).length()) {
                        copy.cutAt(pages.get(range).offset() + delivered);
                    }
                }

                @Override
                public void vanished(int range) {
                    copy.markVanished();
                }
            });
        }
    }

    private static long stagedAt(FetchedFile copy, long offset) {
        for (int i = copy.ranges().size() - 1; ; i--) {
            if (copy.ranges().get(i).offset() <= offset) {
                return copy.stagedAt(i, offset);
            }
        }
    }

    /** It stays as it is, however often it is read, and would be taken for damage by a verification of the result. */
    private PgRewindException damagedInBackup(FileRange page) {
        return new ProblemException(new Problem(
                Problem.Kind.SOURCE_UNUSABLE,
                Side.SOURCE,
                page.path().toString(),
                "file \"" + page.path() + "\" of " + transport.description() + " has a bad page checksum in block "
                        + page.offset() / geometry.blockSize()
                        + " of the file: the page was copied while it was written, or is damaged",
                "use another backup, or restore this one (DeltaRestore): replay mends a page that was copied while it was"
                        + " written."));
    }

    private PgRewindException damaged(FileRange page) {
        return new ProblemException(new Problem(
                Problem.Kind.SOURCE_UNUSABLE,
                Side.SOURCE,
                page.path().toString(),
                String.format(
                        Locale.ROOT,
                        "the source's file \"%s\" has a bad page checksum in block %d of the file, read %d times",
                        page.path(),
                        page.offset() / geometry.blockSize(),
                        ATTEMPTS + 1),
                "the source is damaged: repair it first."));
    }
}
