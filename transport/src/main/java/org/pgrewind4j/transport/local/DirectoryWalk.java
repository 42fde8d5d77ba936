package org.pgrewind4j.transport.local;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.VisibleText;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.UnsafePathException;

/**
 * Lists a local data directory: one look at each file, one open directory at a time, so that neither a million files nor
 * a tree a thousand levels deep needs memory, stack or descriptors beyond a list of the directories still to come.
 */
final class DirectoryWalk {

    private static final System.Logger LOGGER = System.getLogger(DirectoryWalk.class.getName());

    /** A directory still to be read; the data directory itself has no path. */
    private record Pending(@Nullable DataPath path, Path place, boolean linked) {

        /** What the paths in it begin with. */
        String prefix() {
            return path == null ? "" : path + "/";
        }
    }

    private final Set<DataPath> closed;
    private final SourceFileVisitor visitor;
    private final Deque<Pending> pending = new ArrayDeque<>();

    private DirectoryWalk(Set<DataPath> closed, SourceFileVisitor visitor) {
        this.closed = closed;
        this.visitor = visitor;
    }

    static void walk(Path root, Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        DirectoryWalk walk = new DirectoryWalk(closed, visitor);
        walk.pending.push(new Pending(null, root, true));
        while (!walk.pending.isEmpty()) {
            walk.read(walk.pending.pop());
        }
    }

    private void read(Pending directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.place)) {
            String prefix = directory.prefix();
            for (Path entry : entries) {
                checkInterrupt(entry);
                if (!isForeign(directory, entry)) {
                    visit(directory, prefix, entry);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NoSuchFileException | NotDirectoryException e) {
            // A directory that went away since it was seen is not listed. A link or a data directory that leads nowhere
            // has always been broken, and what it should hold is missing: that is said.
            if (directory.linked) {
                throw e;
            }
        }
    }

    private static void checkInterrupt(Path entry) throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while listing \"" + entry.getParent() + "\"");
        }
    }

    /** What is nobody's business is passed over before its name is read. */
    private static boolean isForeign(Pending directory, Path entry) {
        String name = text(entry);
        return name.equals("lost+found")
                || (directory.path != null && directory.path.isTablespace() && !name.startsWith("PG_"));
    }

    private void visit(Pending directory, String prefix, Path entry) throws IOException {
        DataPath path;
        try {
            path = DataPath.ofUntrusted(prefix.concat(name(prefix, entry)));
        } catch (UnsafePathException e) {
            if (directory.path == null) {
                throw e;
            }
            visitor.unsafe(directory.path, e);
            return;
        }
        BasicFileAttributes found;
        try {
            found = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        }
        if (found.isRegularFile()) {
            visitor.visit(SourceFile.file(path, found.size()));
        } else if (found.isDirectory()) {
            visitor.visit(SourceFile.directory(path));
            enter(new Pending(path, entry, false));
        } else if (found.isSymbolicLink()) {
            visitLink(path, entry);
        } else {
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "not listed, neither file, directory nor symbolic link: {0}",
                    VisibleText.of(entry.toString()));
        }
    }

    private void visitLink(DataPath path, Path entry) throws IOException {
        String target;
        try {
            target = Files.readSymbolicLink(entry).toString();
        } catch (NoSuchFileException e) {
            return;
        }
        visitor.visit(SourceFile.symlink(path, target));
        if (DataDirectory.isFollowed(path)) {
            enter(new Pending(path, entry, true));
        }
    }

    private void enter(Pending directory) {
        if (!closed.contains(directory.path)) {
            pending.push(directory);
        }
    }

    private static String text(Path entry) {
        String place = entry.toString();
        return place.substring(place.lastIndexOf(entry.getFileSystem().getSeparator()) + 1);
    }

    /** The entry's name, if the text stands for the same file as the bytes that the file system gave. */
    private static String name(String prefix, Path entry) {
        String text = text(entry);
        try {
            if (isAscii(text) || entry.getFileSystem().getPath(text).equals(entry.getFileName())) {
                return text;
            }
        } catch (InvalidPathException e) {
            // A character stands for bytes that are none, and there are no bytes for it.
        }
        throw UnsafePathException.undecoded(prefix + escaped(entry));
    }

    /** The name's bytes as a URI has them, for the text has lost them. */
    private static String escaped(Path entry) {
        String uri = entry.toUri().getRawPath();
        String name = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 128) {
                return false;
            }
        }
        return true;
    }
}
