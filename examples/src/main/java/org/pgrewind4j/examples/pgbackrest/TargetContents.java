package org.pgrewind4j.examples.pgbackrest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What lies outside of a backup's reach before a restore (pgBackRest 2.45: {@code src/command/restore/restore.c},
 * {@code restoreCleanBuild}, {@code cmdRestore}).
 */
final class TargetContents {

    /** What does not make a directory full: what a restore of either program leaves when it is interrupted. */
    private static final Set<String> OF_RESTORES =
            Set.of("backup.manifest", "pgrewind4j.staging", "pgrewind4j.lock", "postmaster.pid");

    private static final Set<String> OF_RECOVERY =
            Set.of("postgresql.auto.conf", "recovery.conf", "recovery.signal", "standby.signal");

    private TargetContents() {}

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
        try (Stream<Path> tree = Files.walk(place)) {
            for (Path path : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
