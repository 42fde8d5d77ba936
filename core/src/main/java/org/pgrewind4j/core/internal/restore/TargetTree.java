package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.local.DataDirectory;

/**
 * What a target holds. Behind a link it is looked only where the link stays as it is: what lies behind another is not the
 * target's any more once the link is gone, and stays there.
 *
 * @param entries by path; none if there is no such directory
 * @param links the links that stay, to directories that are there
 */
record TargetTree(Map<DataPath, SourceFile> entries, List<DataPath> links) {

    static TargetTree of(Path target, Map<DataPath, BackupEntry> expected) throws IOException {
        if (!Files.isDirectory(target)) {
            return new TargetTree(Map.of(), List.of());
        }
        Set<DataPath> closed = new HashSet<>();
        List<DataPath> links = new ArrayList<>();
        for (DataPath link : links(target)) {
            if (stays(link, target, expected.get(link))) {
                links.add(link);
            } else {
                closed.add(link);
            }
        }
        Map<DataPath, SourceFile> entries = new HashMap<>();
        DataDirectory.of(target).list(closed, file -> entries.put(file.path(), file));
        return new TargetTree(entries, links);
    }

    private static boolean stays(DataPath link, Path target, @Nullable BackupEntry expected) throws IOException {
        return expected != null
                && expected.file().type() == SourceFile.Type.SYMLINK
                && Files.readSymbolicLink(link.in(target))
                        .toString()
                        .equals(expected.file().linkTarget())
                && Files.isDirectory(link.in(target));
    }

    /** The links that a listing follows. */
    private static List<DataPath> links(Path target) throws IOException {
        List<DataPath> links = new ArrayList<>();
        for (String name : List.of("pg_wal", "pg_xlog")) {
            if (Files.isSymbolicLink(target.resolve(name))) {
                links.add(DataPath.of(name));
            }
        }
        Path tablespaces = DataPath.TABLESPACES.in(target);
        if (Files.isDirectory(tablespaces, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> contents = Files.list(tablespaces)) {
                for (Path entry : (Iterable<Path>) contents::iterator) {
                    if (Files.isSymbolicLink(entry)) {
                        links.add(
                                DataPath.TABLESPACES.resolve(entry.getFileName().toString()));
                    }
                }
            }
        }
        return links;
    }
}
