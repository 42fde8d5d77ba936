package org.pgrewind4j.core;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.attribute.PosixFilePermission.GROUP_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.GROUP_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * File operations on the local machine. What is created gets the owner of the data directory, its group if this process
 * may choose that, and permissions 0600 and 0700, or 0640 and 0750 if the group may read the data directory (PostgreSQL:
 * {@code src/include/common/file_perm.h}).
 */
final class LocalFileOperations implements FileOperations {

    static final String SYNC_THREAD_NAME = "pgrewind4j-sync";

    private static final System.Logger LOG = System.getLogger(LocalFileOperations.class.getName());

    /** What is forced at the same time takes a disk little longer than one file does. */
    private static final int SYNCS_AT_ONCE = 8;

    private final PosixFileAttributes dataDirectory;
    private final Set<PosixFilePermission> filePermissions = EnumSet.of(OWNER_READ, OWNER_WRITE);
    private final Set<PosixFilePermission> directoryPermissions = EnumSet.of(OWNER_READ, OWNER_WRITE, OWNER_EXECUTE);
    private final Durability durability;

    /** By number: names are looked up anew each time. */
    private final Object ownerId;

    LocalFileOperations(Path dataDirectory, Durability durability) throws IOException {
        this.dataDirectory = Files.readAttributes(dataDirectory, PosixFileAttributes.class);
        this.durability = durability;
        this.ownerId = Files.getAttribute(dataDirectory, "unix:uid");
        if (this.dataDirectory.permissions().contains(GROUP_READ)) {
            filePermissions.add(GROUP_READ);
            directoryPermissions.add(GROUP_READ);
            directoryPermissions.add(GROUP_EXECUTE);
        }
    }

    /** Looks at the data directory, whose owner and permissions all that is made there gets. */
    static FileOperations on(Path dataDirectory, Durability durability) {
        try {
            return new LocalFileOperations(dataDirectory, durability);
        } catch (IOException e) {
            throw new RewindException(
                    RewindException.TargetState.UNTOUCHED,
                    "cannot look at \"" + dataDirectory + "\": " + Failures.describe(e),
                    e);
        }
    }

    private void own(Path path, Set<PosixFilePermission> permissions) throws IOException {
        own(path, permissions, dataDirectory.owner(), dataDirectory.group());
    }

    private static void own(Path path, PosixFileAttributes model) throws IOException {
        own(path, model.permissions(), model.owner(), model.group());
    }

    private static void own(Path path, Set<PosixFilePermission> permissions, UserPrincipal owner, GroupPrincipal group)
            throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class, NOFOLLOW_LINKS);
        PosixFileAttributes attributes = view.readAttributes();
        if (!attributes.permissions().equals(permissions)) {
            view.setPermissions(permissions);
        }
        if (!attributes.owner().equals(owner)) {
            view.setOwner(owner);
        }
        if (!attributes.group().equals(group)) {
            setGroup(view, group);
        }
    }

    /** Anyone but root may only choose groups of their own. Else the file keeps the group that a server's files get. */
    private static void setGroup(PosixFileAttributeView view, GroupPrincipal group) {
        try {
            view.setGroup(group);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot change a file''s group to {0}: {1}", group, e);
        }
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        boolean isNew = !Files.isDirectory(directory);
        if (isNew) {
            Files.createDirectory(directory);
        }
        if (isNew || (isEmpty(directory) && isForeign(directory))) {
            own(directory, directoryPermissions);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> contents = Files.list(directory)) {
            return contents.findAny().isEmpty();
        }
    }

    @Override
    public void createLink(Path link, Path target) throws IOException {
        Files.createSymbolicLink(link, target);
    }

    @Override
    public void createHardLink(Path link, Path file) throws IOException {
        Files.createLink(link, file);
    }

    @Override
    public WritableFile open(Path file) throws IOException {
        return new ChannelFile(file, openForWriting(file), durability);
    }

    private FileChannel openForWriting(Path file) throws IOException {
        boolean isNew = !Files.exists(file, NOFOLLOW_LINKS);
        FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, NOFOLLOW_LINKS));
        try {
            if (isNew || (channel.size() == 0 && isForeign(file))) {
                own(file, filePermissions);
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        return channel;
    }

    /** Whether something empty is another user's: most likely it was created, and the process killed just then. */
    private boolean isForeign(Path path) throws IOException {
        return !Files.getAttribute(path, "unix:uid", NOFOLLOW_LINKS).equals(ownerId);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        if (Files.isRegularFile(to, NOFOLLOW_LINKS)) {
            own(from, Files.readAttributes(to, PosixFileAttributes.class, NOFOLLOW_LINKS));
        }
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void syncFiles(Collection<Path> files) throws IOException {
        if (durability == Durability.SYNC && !files.isEmpty()) {
            List<Callable<Path>> syncs = new ArrayList<>(files.size());
            for (Path file : files) {
                syncs.add(() -> sync(file, StandardOpenOption.WRITE, NOFOLLOW_LINKS));
            }
            ParallelCalls.results(SYNC_THREAD_NAME, Math.min(SYNCS_AT_ONCE, files.size()), syncs);
        }
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        if (durability == Durability.SYNC) {
            sync(directory, StandardOpenOption.READ);
        }
    }

    private static Path sync(Path path, OpenOption... options) throws IOException {
        try (FileChannel channel = FileChannel.open(path, options)) {
            force(channel, path);
        }
        return path;
    }

    private static void force(FileChannel channel, Path path) throws IOException {
        Events.sync(path, () -> channel.force(true));
    }

    @Override
    public Optional<Closeable> tryLock(Path file) throws IOException {
        FileChannel channel = openForWriting(file);
        try {
            if (channel.tryLock() != null) {
                return Optional.of(channel);
            }
        } catch (OverlappingFileLockException e) {
            // Another channel of this process has it.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    private record ChannelFile(Path path, FileChannel channel, Durability durability) implements WritableFile {

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            long at = position;
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        }

        @Override
        public long transferFrom(FileChannel source, long offset, long length) throws IOException {
            try {
                return source.transferTo(offset, length, channel.position(offset));
            } catch (ClosedChannelException e) {
                throw e;
            } catch (IOException e) {
                // Some containers and network file systems forbid the call that newer JDKs make. Whoever copies in
                // another way, over what came so far, sees what is really wrong, if anything is.
                LOG.log(System.Logger.Level.DEBUG, "cannot copy to {0} within the system: {1}", path, e);
                return 0;
            }
        }

        @Override
        public void resize(long size) throws IOException {
            long present = channel.size();
            if (size < present) {
                channel.truncate(size);
            } else if (size > present) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
        }

        @Override
        public void sync() throws IOException {
            if (durability == Durability.SYNC) {
                force(channel, path);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
