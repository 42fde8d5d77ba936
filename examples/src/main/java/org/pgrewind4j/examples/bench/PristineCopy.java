package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings a data directory back to what a pristine one holds. Files of the same size and time of change are the same: a
 * copy takes over the time of its original, and whoever writes sets another.
 */
final class PristineCopy {

    private final Path pristine;
    private final Path copy;

    private PristineCopy(Path pristine, Path copy) {
        this.pristine = pristine;
        this.copy = copy;
    }

    /** Copies what differs and removes the rest, and waits until all of that is on the disk. */
    static void restore(Path pristine, Path copy) throws IOException, InterruptedException {
        Files.createDirectories(copy);
        PristineCopy restore = new PristineCopy(pristine, copy);
        Files.walkFileTree(copy, restore.remover());
        Files.walkFileTree(pristine, restore.copier());
        // Else the next fsync would pay for what was written here.
        Stopwatch.output(List.of("sync", "--file-system", copy.toString()));
    }

    private SimpleFileVisitor<Path> remover() {
        return new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!Files.exists(in(pristine, copy, file), LinkOption.NOFOLLOW_LINKS)) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                if (!Files.exists(in(pristine, copy, folder))) {
                    Files.delete(folder);
                }
                return FileVisitResult.CONTINUE;
            }
        };
    }

    private SimpleFileVisitor<Path> copier() {
        return new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Path to = in(copy, pristine, folder);
                if (!Files.exists(to)) {
                    Files.createDirectory(to);
                }
                Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(folder));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path to = in(copy, pristine, file);
                if (!isSame(attributes, to)) {
                    Files.copy(
                            file,
                            to,
                            StandardCopyOption.COPY_ATTRIBUTES,
                            StandardCopyOption.REPLACE_EXISTING,
                            LinkOption.NOFOLLOW_LINKS);
                }
                return FileVisitResult.CONTINUE;
            }
        };
    }

    private static Path in(Path other, Path root, Path path) {
        return other.resolve(root.relativize(path).toString());
    }

    private static boolean isSame(BasicFileAttributes attributes, Path copied) throws IOException {
        if (!Files.exists(copied, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        BasicFileAttributes found = Files.readAttributes(copied, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return found.size() == attributes.size() && found.lastModifiedTime().equals(attributes.lastModifiedTime());
    }
}
