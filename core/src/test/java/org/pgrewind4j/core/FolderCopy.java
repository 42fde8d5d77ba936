package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Copies a folder. Links that lead within the folder lead within the copy. */
final class FolderCopy {

    private FolderCopy() {}

    static void copy(Path from, Path to) throws IOException {
        for (Path path : contents(from)) {
            Path copy = to.resolve(from.relativize(path).toString());
            if (Files.isSymbolicLink(path)) {
                Path target = Files.readSymbolicLink(path);
                Files.createSymbolicLink(
                        copy,
                        target.startsWith(from)
                                ? to.resolve(from.relativize(target).toString())
                                : target);
            } else {
                Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static List<Path> contents(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.toList();
        }
    }
}
