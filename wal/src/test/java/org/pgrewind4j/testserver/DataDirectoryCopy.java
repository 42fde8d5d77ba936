package org.pgrewind4j.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Copies a stopped data directory byte for byte. What a link within it leads to outside (a tablespace, the WAL) is
 * copied too, and the copy's link leads to the copy: two servers never share files.
 */
final class DataDirectoryCopy extends SimpleFileVisitor<Path> {

    private final Path from;
    private final Path to;
    private final Path links;

    private DataDirectoryCopy(Path from, Path to, Path links) {
        this.from = from;
        this.to = to;
        this.links = links;
    }

    /** Copies to a folder that does not exist yet; linked folders go to folders of their own below {@code links}. */
    static void copy(Path from, Path to, Path links) {
        try {
            Files.walkFileTree(from, new DataDirectoryCopy(from, to, links));
        } catch (IOException e) {
            throw new UncheckedIOException("could not copy " + from + " to " + to, e);
        }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
        Path copy = inCopy(folder);
        Files.createDirectories(copy.getParent());
        Files.copy(folder, copy, StandardCopyOption.COPY_ATTRIBUTES);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (attributes.isSymbolicLink() && Files.isDirectory(file)) {
            Path target = links.resolve(file.getFileName());
            copy(file.toRealPath(), target, links);
            Files.createSymbolicLink(inCopy(file), target);
        } else if (attributes.isRegularFile() || attributes.isSymbolicLink()) {
            Files.copy(file, inCopy(file), StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        }
        return FileVisitResult.CONTINUE;
    }

    private Path inCopy(Path path) {
        return to.resolve(from.relativize(path).toString());
    }
}
