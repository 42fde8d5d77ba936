package org.pgrewind4j.transport.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.UnsafePathException;

/**
 * A local data directory as a place where paths from a source become files. A {@link DataPath} cannot leave the
 * directory by its text; this class makes sure that it does not by a symbolic link either. Links are followed only where
 * PostgreSQL follows them: at {@code pg_wal} ({@code pg_xlog}) and at {@code pg_tblspc/}OID.
 *
 * <p>Each directory is looked at once and then believed, so that a walk over a hundred thousand files costs one look per
 * directory: the check is against what lies in the tree, not against someone who changes the tree meanwhile and so
 * has the rights to write there anyway.
 *
 * <p>Safe for use by several threads.
 */
public final class DataDirectory {

    private final Path root;

    /** Directories below the root that can be entered. */
    private final Set<DataPath> entered = ConcurrentHashMap.newKeySet();

    private DataDirectory(Path root) {
        this.root = root;
    }

    /**
     * Names a data directory; nothing is read yet.
     *
     * @param root the data directory; it may itself be a symbolic link, or be reached through some
     * @return the directory
     */
    public static DataDirectory of(Path root) {
        return new DataDirectory(root);
    }

    /**
     * The directory itself.
     *
     * @return the path that this was made of
     */
    public Path root() {
        return root;
    }

    /**
     * Finds the place of a file, and makes sure that the way there is one that PostgreSQL would go. The last name is not
     * looked at: it may not exist, or be a link itself, which {@link LinkOption#NOFOLLOW_LINKS} then refuses to open.
     *
     * @param path the file
     * @return its place in the file system
     * @throws NoSuchFileException if a directory on the way does not exist; its {@code file()} is the path
     * @throws NotDirectoryException if a name on the way is a file
     * @throws UnsafePathException if a name on the way is a symbolic link that is not followed, or the platform cannot
     *     represent the path
     * @throws IOException if a directory on the way cannot be looked at
     */
    public Path resolve(DataPath path) throws IOException {
        DataPath parent = path.parent().orElse(null);
        if (parent != null) {
            enter(path, parent);
        }
        return path.in(root);
    }

    private void enter(DataPath path, DataPath directory) throws IOException {
        if (entered.contains(directory)) {
            return;
        }
        DataPath parent = directory.parent().orElse(null);
        if (parent != null) {
            enter(path, parent);
        }
        Path place = directory.in(root);
        BasicFileAttributes found = attributes(path, place, LinkOption.NOFOLLOW_LINKS);
        if (found.isSymbolicLink()) {
            if (!isFollowed(directory)) {
                throw new UnsafePathException(path.toString(), "\"" + directory + "\" is a symbolic link");
            }
            found = attributes(path, place);
        }
        if (!found.isDirectory()) {
            throw new NotDirectoryException(directory.toString());
        }
        entered.add(directory);
    }

    private static BasicFileAttributes attributes(DataPath path, Path place, LinkOption... options) throws IOException {
        try {
            return Files.readAttributes(place, BasicFileAttributes.class, options);
        } catch (NoSuchFileException e) {
            NoSuchFileException missing = new NoSuchFileException(path.toString());
            missing.initCause(e);
            throw missing;
        }
    }

    /**
     * Lists every file, directory and symbolic link below the directory, as {@link Transport#list} says. A directory that
     * goes away meanwhile is not listed further.
     *
     * @param closed directories that are reported, but whose contents are not
     * @param visitor takes each entry
     * @throws NoSuchFileException if the directory itself does not exist, or a link that is followed leads nowhere
     * @throws NotDirectoryException if one of these is not a directory
     * @throws UnsafePathException at the first name or link target that is not safe
     * @throws java.io.InterruptedIOException if the thread is interrupted
     * @throws IOException if the directory cannot be read, or as thrown by the visitor
     */
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        DirectoryWalk.walk(root, Set.copyOf(closed), visitor);
    }

    /**
     * Opens a regular file for reading.
     *
     * @param path the file
     * @return the open file, which the caller closes
     * @throws NoSuchFileException if it does not exist; its {@code file()} is the path
     * @throws UnsafePathException as {@link #resolve} does
     * @throws IOException if it is not a regular file, or cannot be opened
     */
    public FileChannel open(DataPath path) throws IOException {
        Path place = resolve(path);
        // Looked at first: opening a pipe would wait until someone writes to it.
        if (!attributes(path, place, LinkOption.NOFOLLOW_LINKS).isRegularFile()) {
            throw new IOException("not a regular file: \"" + place + "\"");
        }
        return FileChannel.open(place, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether a symbolic link at this path is followed: at the WAL and at tablespaces. */
    static boolean isFollowed(DataPath path) {
        return path.isWalDirectory() || path.isTablespace();
    }

    /** Prints the path that this was made of. */
    @Override
    public String toString() {
        return root.toString();
    }
}
