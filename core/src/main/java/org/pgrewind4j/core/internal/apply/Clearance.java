package org.pgrewind4j.core.internal.apply;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.transport.SourceFile;

/**
 * Removes what is in the way. Done again after what was needed is there, it leaves that alone: it goes by the kind of what
 * lies there, which no interrupted apply leaves in between.
 */
final class Clearance {

    private final FileOperations files;

    Clearance(FileOperations files) {
        this.files = files;
    }

    /**
     * Removes what lies at a path, unless it may stay.
     *
     * @return the directory in which something was removed
     */
    Optional<Path> clear(Path path, SourceFile needed) throws IOException {
        BasicFileAttributes found;
        try {
            found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        }
        boolean mayStay = switch (needed.type()) {
            case FILE -> found.isRegularFile();
            case DIRECTORY -> found.isDirectory();
            case SYMLINK ->
                found.isSymbolicLink()
                        && Files.readSymbolicLink(path).toString().equals(needed.linkTarget());
        };
        if (mayStay) {
            return Optional.empty();
        }
        delete(path);
        return Optional.ofNullable(path.getParent());
    }

    private void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            List<Path> contents;
            try (Stream<Path> entries = Files.list(path)) {
                contents = entries.toList();
            }
            for (Path entry : contents) {
                delete(entry);
            }
        }
        files.delete(path);
    }
}
