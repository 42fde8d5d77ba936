package org.pgrewind4j.core;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.util.concurrent.TimeUnit.MICROSECONDS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes a copy of a directory what it was when it was copied, by touching only what was changed since: what has another
 * time or size. A symbolic link of the copy leads to a directory of its own.
 */
final class TreeRestore {

    private final Path original;
    private final Path copy;
    private final Map<Path, Path> links = new HashMap<>();

    /** Takes note of the copy's links, while it still is a copy. */
    TreeRestore(Path original, Path copy) throws IOException {
        this.original = original;
        this.copy = copy;
        try (Stream<Path> all = Files.walk(copy)) {
            for (Path path : all.filter(Files::isSymbolicLink).toList()) {
                links.put(path, Files.readSymbolicLink(path));
            }
        }
    }

    void restore() throws IOException {
        restore(original, copy);
    }

    private void restore(Path from, Path to) throws IOException {
        Set<Path> wanted = names(from);
        for (Path name : names(to)) {
            if (!wanted.contains(name)) {
                delete(to.resolve(name));
            }
        }
        for (Path name : wanted) {
            Path original = from.resolve(name);
            Path copy = to.resolve(name);
            if (Files.isDirectory(original)) {
                if (!Files.exists(copy, NOFOLLOW_LINKS)) {
                    createDirectory(original, copy);
                }
                restore(original, copy);
            } else if (!isSame(original, copy)) {
                Files.copy(original, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void createDirectory(Path original, Path copy) throws IOException {
        if (Files.isSymbolicLink(original)) {
            Files.createSymbolicLink(copy, links.get(copy));
        } else {
            Files.copy(original, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static Set<Path> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(Path::getFileName).collect(Collectors.toSet());
        }
    }

    private static boolean isSame(Path original, Path copy) throws IOException {
        if (!Files.exists(copy, NOFOLLOW_LINKS)) {
            return false;
        }
        BasicFileAttributes a = Files.readAttributes(original, BasicFileAttributes.class);
        BasicFileAttributes b = Files.readAttributes(copy, BasicFileAttributes.class);
        // A copy's time is without nanoseconds.
        return a.size() == b.size()
                && a.lastModifiedTime().to(MICROSECONDS) == b.lastModifiedTime().to(MICROSECONDS);
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, NOFOLLOW_LINKS)) {
            for (Path name : names(path)) {
                delete(path.resolve(name));
            }
        }
        Files.delete(path);
    }
}
