package org.pgrewind4j.examples.pgbackrest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.local.PostmasterPid;

/**
 * What lies outside of a backup's reach before a restore (pgBackRest 2.45: {@code src/command/restore/restore.c},
 * {@code restoreCleanBuild}, {@code cmdRestore}).
 */
final class TargetContents {

    /** What does not make a directory full: what a restore of either program leaves when it is interrupted. */
    private static final Set<String> OF_RESTORES =
            Set.of("backup.manifest", "pgrewind4j.staging", "pgrewind4j.lock", "postmaster.pid");

    /** Process, directory, start, port. */
    private static final Pattern OF_LIBRARY = Pattern.compile("-[0-9]+\n.*\n[0-9]+\n0\n");

    private static final Set<String> OF_RECOVERY =
            Set.of("postgresql.auto.conf", "recovery.conf", "recovery.signal", "standby.signal");

    private TargetContents() {}

    /**
     * Refuses a server's {@code postmaster.pid}, whatever process it names: a server of another container or host, on a
     * directory that they share, has an id that says nothing here. What this library leaves when it is killed names no port,
     * which no server's does, in single-user mode neither (PostgreSQL: {@code src/backend/utils/init/miscinit.c},
     * {@code CreateLockFile}); its own lock tells whether it still works there.
     */
    static void requireNoServer(Path target) throws OptionException, IOException {
        if (!Files.isDirectory(target)) {
            return;
        }
        String content;
        try {
            content = Files.readString(PostmasterPid.PATH.in(target), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return;
        }
        if (!OF_LIBRARY.matcher(content).lookingAt()) {
            throw new OptionException(
                    ExitStatus.SERVER_RUNNING,
                    "unable to restore while PostgreSQL is running\n"
                            + "HINT: 'postmaster.pid' in '" + target + "' says so, and its server may run in another"
                            + " container or on another host.\n"
                            + "HINT: stop the server where it runs; if 'pg_ctl status' says there that none is running,"
                            + " remove the file, or use --force.");
        }
    }

    /** Without {@code --delta} and {@code --force} nothing is overwritten. */
    static void requireEmpty(Path target, boolean keepsRecovery) throws OptionException, IOException {
        if (!Files.isDirectory(target)) {
            return;
        }
        try (Stream<Path> contents = Files.list(target)) {
            List<String> names = contents.map(path -> path.getFileName().toString())
                    .filter(name -> !OF_RESTORES.contains(name) && !(keepsRecovery && OF_RECOVERY.contains(name)))
                    .toList();
            if (!names.isEmpty()) {
                throw new OptionException(
                        ExitStatus.PATH_NOT_EMPTY,
                        "unable to restore to path '" + target + "' because it contains files\n"
                                + "HINT: try using --delta if this is what you intended.");
            }
        }
    }

    /** What archive-get has fetched ahead, or not found, for the cluster before. */
    static void removeSpooled(Path spool, String stanza) throws IOException {
        Path place = spool.resolve("archive").resolve(stanza);
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(place, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
