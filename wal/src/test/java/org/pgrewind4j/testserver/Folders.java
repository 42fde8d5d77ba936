package org.pgrewind4j.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Temporary folders of servers. They lie in memory where there is plenty of it, since making a cluster writes a
 * thousand files: below {@code /dev/shm}, else below {@code java.io.tmpdir}; the system property {@code pgrewind4j.tmp}
 * names another place. What the JVM leaves at its end is removed.
 */
final class Folders {

    private static final String PLACE_PROPERTY = "pgrewind4j.tmp";
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long PLENTY = 4L << 30;
    private static final Set<Path> LEFT = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Folders::deleteLeft, "remove-servers"));
    }

    private Folders() {}

    static Path temporary(String prefix) {
        try {
            Path folder = Files.createTempDirectory(place().toRealPath(), "pgrewind4j-" + prefix + "-");
            LEFT.add(folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path place() throws IOException {
        String named = System.getProperty(PLACE_PROPERTY);
        if (named != null) {
            return Path.of(named);
        }
        boolean inMemory =
                Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() >= PLENTY;
        return inMemory ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static void deleteLeft() {
        ServerProcess.killAll();
        LEFT.forEach(Folders::delete);
    }

    /** Removes a tree; links are removed, not followed. What vanishes meanwhile or never was does not matter. */
    static void delete(Path root) {
        LEFT.remove(root);
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                    if (e != null) {
                        throw e;
                    }
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
