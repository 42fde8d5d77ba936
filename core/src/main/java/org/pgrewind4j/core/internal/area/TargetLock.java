package org.pgrewind4j.core.internal.area;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;

/**
 * Keeps two executions off one target. The operating system releases it when the process ends, however it ends; the file
 * that then stays behind locks nobody out.
 */
public final class TargetLock implements Closeable {

    private static final System.Logger LOG = System.getLogger(TargetLock.class.getName());

    /**
     * The lock files that this process holds. To open one of them a second time, and close it, would give up the
     * operating system's lock.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Closeable lock;
    private final FileOperations files;
    private @Nullable ServerLock serverLock;

    private TargetLock(Path file, Closeable lock, FileOperations files) {
        this.file = file;
        this.lock = lock;
        this.files = files;
    }

    /**
     * Takes the lock.
     *
     * @throws PgRewindException if another execution has it
     */
    public static TargetLock acquire(Path target, FileOperations files) throws IOException {
        Path file = target.toRealPath().resolve(OwnNames.LOCK_FILE);
        if (!HELD.add(file)) {
            throw busy(target);
        }
        try {
            return new TargetLock(file, lock(target, file, files), files);
        } catch (IOException | RuntimeException e) {
            HELD.remove(file);
            throw e;
        }
    }

    private static Closeable lock(Path target, Path file, FileOperations files) throws IOException {
        for (; ; ) {
            Optional<Object> expected = identity(file);
            Closeable lock = files.tryLock(file).orElseThrow(() -> busy(target));
            if (expected.isPresent() && expected.equals(identity(file))) {
                return lock;
            }
            // The last holder may have removed the file after it was opened here: such a lock keeps nobody off.
            lock.close();
        }
    }

    private static Optional<Object> identity(Path file) throws IOException {
        try {
            return Optional.of(
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static PgRewindException busy(Path target) {
        return new ProblemException(new Problem(
                Problem.Kind.REWIND_AT_WORK,
                Side.TARGET,
                target.toString(),
                "another rewind works on \"" + target + "\"",
                "wait until it is done."));
    }

    /** Keeps servers off the target too, from now on. */
    public void keepServersOff(Path target, StagingArea area) throws IOException {
        serverLock = ServerLock.acquire(target, area, files);
    }

    @Override
    public void close() throws IOException {
        if (serverLock != null) {
            serverLock.close();
        }
        try (lock) {
            files.delete(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the lock file \"{0}\" stays: {1}", file, PgRewindException.describe(e));
        } finally {
            HELD.remove(file);
        }
    }
}
