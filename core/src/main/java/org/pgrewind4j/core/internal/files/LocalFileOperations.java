package org.pgrewind4j.core.internal.files;

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
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.internal.events.Events;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.local.DataDirectoryException;

/**
 * File operations on the local machine. What is created gets the owner of the data directory, its group if this process
 * may choose that, and permissions 0600 and 0700, or 0640 and 0750 if the group may read the data directory
 * (PostgreSQL: {@code src/include/common/file_perm.h}).
 */
public final class LocalFileOperations implements FileOperations {

    static final String SYNC_THREAD_NAME = "pgrewind4j-sync";

    private static final System.Logger LOG = System.getLogger(LocalFileOperations.class.getName());

    /** What is forced at the same time takes a disk little longer than one file does. */
    private static final int SYNCS_AT_ONCE = 8;

    private static final String ALL_PERMISSIONS = "rwxrwxrwx";

    /** The bit of the first of them. */
    private static final int OWNER_MAY_READ = 0400;

    private static final boolean IS_ROOT = "root".equals(System.getProperty("user.name"));

    private final PosixFileAttributes dataDirectory;
    private final Set<PosixFilePermission> filePermissions = EnumSet.of(OWNER_READ, OWNER_WRITE);
    private final Set<PosixFilePermission> directoryPermissions = EnumSet.of(OWNER_READ, OWNER_WRITE, OWNER_EXECUTE);
    private final Durability durability;

    /** By number: names are looked up again each time. */
    private final Object ownerId;

    public LocalFileOperations(Path dataDirectory, Durability durability) throws IOException {
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
    public static FileOperations on(Path dataDirectory, Durability durability) {
        try {
            return new LocalFileOperations(dataDirectory, durability);
        } catch (IOException e) {
            Problem problem = DataDirectoryException.find(Side.TARGET, dataDirectory)
                    .map(Problem::of)
                    .orElseGet(() -> new Problem(
                            Problem.Kind.UNREADABLE,
                            Side.TARGET,
                            dataDirectory.toString(),
                            PgRewindException.describe(e),
                            ""));
            throw new RewindException(
                    RewindException.TargetState.UNTOUCHED, "cannot look at \"" + dataDirectory + "\": ", problem, e);
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
    public boolean setAttributes(Path path, BackupEntry.Attributes attributes, Optional<Instant> modified)
            throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class, NOFOLLOW_LINKS);
        PosixFileAttributes before = view.readAttributes();
        if (modified.isPresent()
                && before.lastModifiedTime().to(TimeUnit.SECONDS)
                        != modified.get().getEpochSecond()) {
            view.setTimes(FileTime.from(modified.get()), null, null);
        }
        UserPrincipal owner = before.owner();
        GroupPrincipal group = before.group();
        if (IS_ROOT) {
            UserPrincipalLookupService names = path.getFileSystem().getUserPrincipalLookupService();
            owner = named(attributes.user(), names::lookupPrincipalByName, dataDirectory.owner());
            group = named(attributes.group(), names::lookupPrincipalByGroupName, dataDirectory.group());
        }
        Set<PosixFilePermission> permissions = permissions(attributes.mode());
        own(path, permissions, owner, group);
        return !before.permissions().equals(permissions)
                || !before.owner().equals(owner)
                || !before.group().equals(group);
    }

    /** Finds who has a name. */
    private interface Lookup<T> {
        T find(String name) throws IOException;
    }

    private static <T> T named(Optional<String> name, Lookup<T> lookup, T otherwise) throws IOException {
        try {
            return name.isPresent() ? lookup.find(name.get()) : otherwise;
        } catch (UserPrincipalNotFoundException e) {
            return otherwise;
        }
    }

    /** Whether somebody of these names owns a file, or this process would not change that. */
    public static boolean isOwnedAsWanted(BackupEntry.Attributes wanted, String user, String group) {
        return !IS_ROOT
                || (wanted.user().filter(user::equals).isPresent()
                        && wanted.group().filter(group::equals).isPresent());
    }

    public static Set<PosixFilePermission> permissions(int mode) {
        StringBuilder text = new StringBuilder(ALL_PERMISSIONS);
        for (int i = 0; i < text.length(); i++) {
            if ((mode & (OWNER_MAY_READ >> i)) == 0) {
                text.setCharAt(i, '-');
            }
        }
        return PosixFilePermissions.fromString(text.toString());
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
                syncs.add(() -> syncFile(file));
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

    /** One that its owner may not write, such as a key, can be forced to the disk all the same. */
    private static Path syncFile(Path file) throws IOException {
        try {
            return sync(file, StandardOpenOption.WRITE, NOFOLLOW_LINKS);
        } catch (AccessDeniedException e) {
            return sync(file, StandardOpenOption.READ, NOFOLLOW_LINKS);
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
