package org.pgrewind4j.core;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.pgrewind4j.timeline.PgRewindException;

/** Keeps two executions off one target. The operating system releases it when the process ends, however it ends. */
final class TargetLock implements Closeable {

    private final Path file;
    private final FileChannel channel;

    private TargetLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @throws PgRewindException if another execution has it
     */
    static TargetLock acquire(Path target) throws IOException {
        Path file = target.resolve(StagingArea.LOCK_FILE);
        for (; ; ) {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(channel)) {
                channel.close();
                throw new PgRewindException(PgRewindException.withHint(
                        "another rewind works on \"" + target + "\"", "wait until it is done."));
            }
            if (Files.exists(file)) {
                return new TargetLock(file, channel);
            }
            // The last holder removed the file after it was opened here: this lock keeps nobody off.
            channel.close();
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(file);
        }
    }
}
