package org.pgrewind4j.core.internal.area;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.local.PostmasterPid;

/**
 * Keeps servers off the target for the time of an execution, by PostgreSQL's own convention: a {@code postmaster.pid} with
 * the id of this process. The id is negative, as that of a server in single-user mode, so that {@code pg_ctl stop} says so
 * and sends no signal. A server that finds the file after this process was killed takes it for stale, as one of a killed
 * server, and starts (PostgreSQL: {@code src/backend/utils/init/miscinit.c}, {@code CreateLockFile}).
 *
 * <p>It does not keep off what this very process starts, for a server takes the ids of its parent and grandparent for
 * stale, nor a server of another user than this process's, for it takes a process that it may not signal for one of no
 * server. Such a server is found by the control file that it changes.
 */
public final class ServerLock implements Closeable {

    private static final System.Logger LOG = System.getLogger(ServerLock.class.getName());

    private final Path file;
    private final String content;
    private final FileOperations files;

    private ServerLock(Path file, String content, FileOperations files) {
        this.file = file;
        this.content = content;
        this.files = files;
    }

    /**
     * Puts the file in place. What lies there is what a killed server or rewind left: the caller has made sure that no
     * server runs.
     *
     * @throws PgRewindException if a server is started at this moment
     */
    static ServerLock acquire(Path target, StagingArea area, FileOperations files) throws IOException {
        Path file = PostmasterPid.PATH.in(target);
        String content = content(target);
        Path written = area.in("", file.getFileName().toString());
        // Durable first: a crash must not leave the file empty, for no server would start until someone removed it.
        files.write(written, content.getBytes(StandardCharsets.UTF_8));
        files.delete(file);
        try {
            files.createHardLink(file, written);
        } catch (FileAlreadyExistsException e) {
            throw new ProblemException(running(target, "a server is just being started on the target"), e);
        } catch (FileSystemException | UnsupportedOperationException e) {
            // A file system without hard links.
            files.move(written, file);
        }
        files.delete(written);
        return new ServerLock(file, content, files);
    }

    /** Whether a server runs on the target, as far as its own file tells. */
    public static boolean isServerRunning(Path target) throws IOException {
        return PostmasterPid.read(target).flatMap(PostmasterPid::signOfLife).isPresent();
    }

    /** What is wrong if the target's control file is no longer the one that it was planned with. */
    public static PgRewindException startedSincePlanned(Path target) {
        return new ProblemException(new Problem(
                Problem.Kind.TARGET_CHANGED,
                Side.TARGET,
                target.toString(),
                "a server was started on the target since the rewind was planned",
                "stop it and plan again."));
    }

    /**
     * Makes sure that no server runs on the target.
     *
     * @throws PgRewindException if one does
     */
    public static void requireNoServer(Path target) throws IOException {
        if (isServerRunning(target)) {
            throw new ProblemException(running(target, "a server runs on the target"));
        }
    }

    private static Problem running(Path target, String message) {
        return new Problem(
                Problem.Kind.TARGET_RUNNING, Side.TARGET, target.toString(), message, "stop it and plan again.");
    }

    /** The lines that a server in single-user mode writes: process, directory, start, port, socket and address; no server's port is 0. */
    private static String content(Path target) {
        return "-" + ProcessHandle.current().pid() + "\n" + target + "\n"
                + Instant.now().getEpochSecond() + "\n0\n\n\n";
    }

    @Override
    public void close() {
        try {
            if (Files.exists(file) && Files.readString(file).equals(content)) {
                files.delete(file);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "\"{0}\" stays: {1}", file, PgRewindException.describe(e));
        }
    }
}
