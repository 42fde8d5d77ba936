package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.core.internal.files.ParallelCalls;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.backup.Checksum;
import org.pgrewind4j.transport.local.DataDirectory;

/**
 * Computes the checksums of a target's files and compares them with a backup's, several files at once.
 *
 * <p>An equal CRC-32C, what a {@code backup_manifest} has unless another algorithm was asked for, proves nothing here: a
 * file that ends in the CRC-32C of what stands before it has the same CRC-32C as any other such file of its size,
 * whatever is in it. {@code pg_filenode.map} ends so ({@code src/backend/utils/cache/relmapper.c}, {@code
 * RelMapFile}), and so do the states of prepared transactions ({@code src/backend/access/transam/twophase.c}, {@code
 * EndPrepare}) and the notes of replication origins ({@code src/backend/replication/logical/origin.c}, {@code
 * CheckPointReplicationOrigin}). Of such a backup the content itself is read.
 */
final class ContentComparison {

    private static final String THREAD_NAME = "pgrewind4j-hash";
    private static final int BUFFER = 256 * 1024;

    private final DataDirectory target;
    private final ProgressCounter progress;

    ContentComparison(DataDirectory target, ProgressCounter progress) {
        this.target = target;
        this.progress = progress;
    }

    /** How a file's content relates to the backup's. */
    enum Content {
        /** It is the same. */
        SAME,
        /** It begins with the backup's, and continues behind it. */
        LONGER,
        /** It is another one. */
        DIFFERENT,
        /** Only reading the backup's tells. */
        UNKNOWN
    }

    /** A file that both sides have. */
    record Pair(BackupEntry expected, SourceFile present) {}

    /** Compares files. */
    Map<DataPath, Content> compare(List<Pair> pairs, int threads) throws IOException {
        Queue<Pair> waiting = new ConcurrentLinkedQueue<>(pairs.stream()
                .sorted(Comparator.comparingLong((Pair pair) -> pair.present().size())
                        .reversed())
                .toList());
        Map<DataPath, Content> found = new ConcurrentHashMap<>();
        List<Callable<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < Math.min(threads, pairs.size()); i++) {
            workers.add(() -> {
                ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
                int done = 0;
                for (Pair pair = waiting.poll(); pair != null; pair = waiting.poll()) {
                    found.put(pair.expected().file().path(), compare(pair, buffer));
                    done++;
                }
                return done;
            });
        }
        if (!workers.isEmpty()) {
            ParallelCalls.results(THREAD_NAME, workers.size(), workers);
        }
        return found;
    }

    private Content compare(Pair pair, ByteBuffer buffer) throws IOException {
        long expected = pair.expected().file().size();
        long present = pair.present().size();
        if (expected == 0) {
            return present == 0 ? Content.SAME : Content.LONGER;
        }
        if (present < expected) {
            return Content.DIFFERENT;
        }
        Optional<Checksum> checksum = pair.expected().checksum().filter(ContentComparison::isProof);
        if (checksum.isEmpty()) {
            return Content.UNKNOWN;
        }
        if (!digest(pair.present().path(), expected, checksum.get().algorithm(), buffer)
                .equals(checksum.get())) {
            return Content.DIFFERENT;
        }
        return present == expected ? Content.SAME : Content.LONGER;
    }

    private static boolean isProof(Checksum checksum) {
        return checksum.algorithm() != Checksum.Algorithm.CRC32C;
    }

    private Checksum digest(DataPath path, long length, Checksum.Algorithm algorithm, ByteBuffer buffer)
            throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(algorithm.digestName());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm.digestName(), e);
        }
        try (FileChannel file = target.open(path)) {
            read(file, path, length, buffer, digest::update);
        }
        return Checksum.of(algorithm, digest.digest());
    }

    /** Takes what was read. */
    private interface Sink {
        void take(ByteBuffer bytes);
    }

    private void read(FileChannel file, DataPath path, long length, ByteBuffer buffer, Sink sink) throws IOException {
        for (long done = 0; done < length; ) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while files were compared");
            }
            buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
            int read = file.read(buffer, done);
            if (read < 0) {
                throw new IOException("the target's file \"" + path + "\" was cut while it was read");
            }
            sink.take(buffer.flip());
            done += read;
            synchronized (progress) {
                progress.bytesDone(read);
            }
        }
    }
}
