package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Paths that cannot be written until this is closed: by their permissions for an ordinary user, else as immutable or
 * mounted read-only, since root may write whatever permissions say.
 */
final class ReadOnlyPath implements AutoCloseable {

    private final List<Path> paths;
    private final List<List<String>> undo = new ArrayList<>();

    private ReadOnlyPath(List<Path> paths) {
        this.paths = paths;
    }

    static ReadOnlyPath of(Path... paths) throws IOException {
        ReadOnlyPath readOnly = new ReadOnlyPath(List.of(paths));
        for (Path path : paths) {
            readOnly.undo.add(protect(path));
        }
        return readOnly;
    }

    List<Path> paths() {
        return paths;
    }

    /** Takes the right to write away, and tells the command that gives it back. */
    private static List<String> protect(Path path) throws IOException {
        String name = path.toString();
        List<List<List<String>>> ways = List.of(
                List.of(List.of("chmod", "a-w", name), List.of("chmod", "u+w", name)),
                List.of(List.of("chattr", "+i", name), List.of("chattr", "-i", name)),
                List.of(List.of("mount", "--bind", "-o", "ro", name, name), List.of("umount", name)));
        for (List<List<String>> way : ways) {
            boolean isDone = run(way.get(0));
            if (isDone && !Files.isWritable(path)) {
                return way.get(1);
            }
            if (isDone) {
                run(way.get(1));
            }
        }
        throw new IOException("neither chmod, chattr nor mount makes \"" + path + "\" read-only here");
    }

    private static boolean run(List<String> command) throws IOException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() throws IOException {
        for (List<String> command : undo) {
            if (!run(command)) {
                throw new IOException("failed: " + String.join(" ", command));
            }
        }
    }
}
