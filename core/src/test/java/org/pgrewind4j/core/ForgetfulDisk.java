package org.pgrewind4j.core;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.transport.backup.BackupEntry;

/**
 * File operations on a disk that forgets what was not synced when it crashes. The files below a base directory are what
 * the running system sees; beside them lies a model of what the disk holds for certain, and of what it was told since.
 *
 * <p>A crash keeps of the latter what a seed says, within what POSIX and file systems promise:
 *
 * <ul>
 *   <li>of a file's writes any, sector by sector, and any change of its size;
 *   <li>of a directory's changes any, but those of one name in their order: a new file's name can be there without its
 *       content, and its content without its name;
 *   <li>a rename never loses the file. It can be cut in two, so that the file has both names.
 * </ul>
 *
 * <p>Permissions and owners are not modelled. Directories named so are file systems of their own, on which nothing can be
 * moved from elsewhere.
 */
public final class ForgetfulDisk implements FileOperations {

    private static final int SECTOR = 512;

    private final Path base;
    private final Set<String> fileSystems;
    private final FileOperations cache;
    private final DiskNode.Directory root;

    public ForgetfulDisk(Path base, Set<String> fileSystems) throws IOException {
        this.base = base.toRealPath();
        this.fileSystems = fileSystems;
        this.cache = new LocalFileOperations(base, Durability.NO_SYNC);
        this.root = read(this.base);
    }

    private static DiskNode.Directory read(Path directory) throws IOException {
        DiskNode.Directory node = new DiskNode.Directory();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                String name = entry.getFileName().toString();
                if (Files.isSymbolicLink(entry)) {
                    node.durable.put(name, new DiskNode.Link(Files.readSymbolicLink(entry)));
                } else {
                    node.durable.put(name, Files.isDirectory(entry) ? read(entry) : new DiskNode.File());
                }
            }
        }
        node.cached.putAll(node.durable);
        return node;
    }

    /** A name in a directory of the model. */
    private record Place(DiskNode.Directory directory, String name) {
        @Nullable DiskNode node() {
            return directory.cached.get(name);
        }
    }

    private Place place(Path path) throws IOException {
        return new Place(directory(path.getParent()), path.getFileName().toString());
    }

    private DiskNode.Directory directory(Path path) throws IOException {
        DiskNode.Directory directory = root;
        Path relative = base.relativize(path.toRealPath());
        for (Path name : relative.toString().isEmpty() ? List.<Path>of() : relative) {
            directory = (DiskNode.Directory) directory.cached.get(name.toString());
        }
        return directory;
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        Place place = place(directory);
        cache.createDirectory(directory);
        if (place.node() == null) {
            place.directory().change(place.name(), new DiskNode.Directory());
        }
    }

    @Override
    public void createLink(Path link, Path target) throws IOException {
        Place place = place(link);
        cache.createLink(link, target);
        place.directory().change(place.name(), new DiskNode.Link(target));
    }

    @Override
    public void createHardLink(Path link, Path file) throws IOException {
        Place place = place(link);
        cache.createHardLink(link, file);
        place.directory().change(place.name(), place(file).node());
    }

    @Override
    public WritableFile open(Path file) throws IOException {
        return new ForgetfulFile(cache.open(file), file, opened(file));
    }

    private DiskNode.File opened(Path file) throws IOException {
        Place place = place(file);
        if (place.node() instanceof DiskNode.File known) {
            return known.loaded(file);
        }
        DiskNode.File created = DiskNode.File.empty();
        place.directory().change(place.name(), created);
        return created;
    }

    @Override
    public Optional<Closeable> tryLock(Path file) throws IOException {
        Optional<Closeable> lock = cache.tryLock(file);
        opened(file);
        return lock;
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        if (!fileSystem(from).equals(fileSystem(to))) {
            throw new AtomicMoveNotSupportedException(from.toString(), to.toString(), "another file system");
        }
        Place source = place(from);
        Place target = place(to);
        load(source, from);
        load(target, to);
        DiskNode moved = source.node();
        if (moved != target.node()) {
            cache.move(from, to);
            DiskNode.Change added = target.directory().change(target.name(), moved);
            source.directory().change(source.name(), null, added);
        }
    }

    private String fileSystem(Path path) throws IOException {
        Path relative = base.relativize(path.getParent().toRealPath());
        return fileSystems.stream().filter(relative::startsWith).findAny().orElse("");
    }

    private static void load(Place place, Path path) throws IOException {
        if (place.node() instanceof DiskNode.File file) {
            file.loaded(path);
        }
    }

    @Override
    public boolean setAttributes(Path path, BackupEntry.Attributes attributes, Optional<Instant> modified)
            throws IOException {
        return cache.setAttributes(path, attributes, modified);
    }

    @Override
    public void delete(Path path) throws IOException {
        Place place = place(path);
        load(place, path);
        cache.delete(path);
        if (place.node() != null) {
            place.directory().change(place.name(), null);
        }
    }

    @Override
    public void syncFiles(Collection<Path> files) throws IOException {
        for (Path file : files) {
            if (!(place(file).node() instanceof DiskNode.File)) {
                throw new NoSuchFileException(file.toString());
            }
            try (WritableFile writable = open(file)) {
                writable.sync();
            }
        }
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        // What lies outside was there before.
        if (directory.toRealPath().startsWith(base)) {
            directory(directory).sync();
        }
    }

    /** A file whose writes are remembered until they are synced. */
    private record ForgetfulFile(WritableFile file, Path path, DiskNode.File node) implements WritableFile {

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            file.write(bytes, position);
            node.writes.add(new DiskNode.Write(position, copy));
        }

        @Override
        public long transferFrom(FileChannel source, long offset, long length) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, Math.max(0, source.size() - offset)));
            while (bytes.hasRemaining()) {
                source.read(bytes, offset + bytes.position());
            }
            write(bytes.flip(), offset);
            return bytes.limit();
        }

        @Override
        public void resize(long size) throws IOException {
            file.resize(size);
            node.writes.add(new DiskNode.Write(size, null));
        }

        @Override
        public void sync() throws IOException {
            node.durable = Files.readAllBytes(path);
            node.writes.clear();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /**
     * Crashes, and makes the files what the disk still holds.
     *
     * @param remembered how likely the disk remembers any one thing that was not synced, from 0 to 1
     */
    public void crash(Random random, double remembered) throws IOException {
        List<DiskNode.Directory> directories = new ArrayList<>();
        collect(root, directories, new HashSet<>());
        for (DiskNode.Directory directory : directories) {
            directory.keepSome(random, remembered);
        }
        // A rename never loses the file: where its old name is gone, the new one is there.
        while (directories.stream().anyMatch(DiskNode.Directory::completeRenames)) {}
        for (DiskNode.Directory directory : directories) {
            directory.settle();
        }
        Survivors survivors = new Survivors(file -> file.settle(random, remembered, SECTOR));
        survivors.removeForgotten(root, base);
        survivors.writeContents();
        survivors.create(root, base);
    }

    private static void collect(DiskNode.Directory node, List<DiskNode.Directory> into, Set<DiskNode> seen) {
        if (!seen.add(node)) {
            return;
        }
        into.add(node);
        List<DiskNode> children = new ArrayList<>(node.durable.values());
        children.addAll(node.cached.values());
        for (DiskNode child : children) {
            if (child instanceof DiskNode.Directory directory) {
                collect(directory, into, seen);
            }
        }
    }

    /** Brings the real files in line with the model after a crash. */
    private static final class Survivors {
        private final IdentityHashMap<DiskNode, Path> places = new IdentityHashMap<>();
        private final Consumer<DiskNode.File> settle;

        Survivors(Consumer<DiskNode.File> settle) {
            this.settle = settle;
        }

        void removeForgotten(DiskNode.Directory directory, Path path) throws IOException {
            for (String name : directory.cached.keySet()) {
                DiskNode seen = directory.cached.get(name);
                Path place = path.resolve(name);
                if (directory.durable.get(name) != seen) {
                    deleteAll(place);
                } else {
                    places.put(seen, place);
                    if (seen instanceof DiskNode.Directory inner) {
                        removeForgotten(inner, place);
                    }
                }
            }
        }

        private static void deleteAll(Path path) throws IOException {
            List<Path> all;
            try (Stream<Path> walk = Files.walk(path)) {
                all = walk.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path each : all) {
                Files.delete(each);
            }
        }

        void writeContents() throws IOException {
            for (var entry : places.entrySet()) {
                if (entry.getKey() instanceof DiskNode.File file && !file.writes.isEmpty()) {
                    settle.accept(file);
                    if (!Arrays.equals(Files.readAllBytes(entry.getValue()), file.durable)) {
                        Files.write(entry.getValue(), file.durable);
                    }
                }
            }
        }

        void create(DiskNode.Directory directory, Path path) throws IOException {
            for (var entry : directory.durable.entrySet()) {
                Path place = path.resolve(entry.getKey());
                DiskNode node = entry.getValue();
                if (directory.cached.get(entry.getKey()) != node) {
                    createOne(node, place);
                    places.put(node, place);
                }
                if (node instanceof DiskNode.Directory inner) {
                    create(inner, place);
                }
            }
            directory.cached.clear();
            directory.cached.putAll(directory.durable);
        }

        private void createOne(DiskNode node, Path place) throws IOException {
            if (node instanceof DiskNode.Directory directory) {
                Files.createDirectory(place);
                Files.setPosixFilePermissions(place, DiskNode.DIRECTORY);
                directory.cached.clear();
            } else if (node instanceof DiskNode.Link link) {
                Files.createSymbolicLink(place, link.target);
            } else if (places.containsKey(node)) {
                Files.createLink(place, places.get(node));
            } else if (node instanceof DiskNode.File file) {
                settle.accept(file);
                Files.write(place, file.durable);
                Files.setPosixFilePermissions(place, DiskNode.FILE);
            }
        }
    }
}
