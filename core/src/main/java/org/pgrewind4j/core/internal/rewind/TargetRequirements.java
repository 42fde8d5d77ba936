package org.pgrewind4j.core.internal.rewind;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.DiskSpace;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.RepeatWal;
import org.pgrewind4j.core.FileAction.UpdateFile;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.local.DataDirectory;

/** Whether the target can take what a plan wants to do to it: rights and room, found out before the first write. */
final class TargetRequirements {

    /** Left free on each file system beside what is staged: for the manifest, and for the file system itself. */
    private static final long RESERVE = 8L << 20;

    private final Settings settings;
    private final DataDirectory directory;
    private final Listing target;
    private final Obstacles obstacles;

    TargetRequirements(Settings settings, Listing target, Obstacles obstacles) {
        this.settings = settings;
        this.obstacles = obstacles;
        this.directory = DataDirectory.of(settings.target());
        this.target = target;
    }

    /** Adds what is missing to the problems; returns what is needed of each file system. */
    List<DiskSpace> check(List<FileAction> actions, List<DataPath> links, Preconditions preconditions)
            throws IOException {
        checkWritable(actions, links, preconditions);
        return checkDisk(actions, new StagingArea(settings.target(), links), preconditions);
    }

    private void checkWritable(List<FileAction> actions, List<DataPath> links, Preconditions preconditions)
            throws IOException {
        Set<DataPath> checked = new HashSet<>();
        require(settings.target(), preconditions);
        if (target.find(DataPath.CONTROL_FILE).isPresent()) {
            // Else it is aside already.
            require(DataPath.CONTROL_FILE, preconditions);
        }
        // The control file is moved aside and back, and in each of these places a staging area is made.
        List<DataPath> directories = new ArrayList<>(links);
        directories.add(DataPath.CONTROL_FILE.parent().orElseThrow());
        for (DataPath directory : directories) {
            checked.add(directory);
            require(directory, preconditions);
        }
        for (FileAction action : actions) {
            if (action instanceof RemoveFile || action instanceof RemoveDirectory) {
                requireRemovable(action.path(), preconditions);
            } else if (isFile(action.path())) {
                if (require(action.path(), preconditions)) {
                    requireNotFixed(action.path(), preconditions);
                }
            }
            DataPath parent = action.path().parent().orElse(null);
            if (parent != null && target.find(parent).isPresent() && checked.add(parent)) {
                require(parent, preconditions);
            }
        }
    }

    private void requireRemovable(DataPath path, Preconditions preconditions) throws IOException {
        Path place = directory.resolve(path);
        if (obstacles.isMountPoint(place)) {
            preconditions.add(
                    Kind.UNWRITABLE_PATH,
                    "\"" + place + "\" is to be removed, and something is mounted there",
                    "unmount it.");
        } else if (isFile(path)) {
            requireNotFixed(path, preconditions);
        }
    }

    private void requireNotFixed(DataPath path, Preconditions preconditions) throws IOException {
        Path place = directory.resolve(path);
        if (Obstacles.isFixed(place)) {
            preconditions.add(
                    Kind.UNWRITABLE_PATH,
                    "\"" + place + "\" is immutable, append-only or on a read-only file system",
                    "take that away, as with chattr -i -a.");
        }
    }

    private boolean isFile(DataPath path) {
        return target.find(path)
                .filter(file -> file.type() == SourceFile.Type.FILE)
                .isPresent();
    }

    private boolean require(DataPath path, Preconditions preconditions) throws IOException {
        return require(directory.resolve(path), preconditions);
    }

    private static boolean require(Path path, Preconditions preconditions) {
        boolean isWritable = Files.isWritable(path);
        if (!isWritable) {
            preconditions.add(
                    Kind.UNWRITABLE_PATH,
                    "\"" + path + "\" must be written and cannot be",
                    "give the right to write it.");
        }
        return isWritable;
    }

    private List<DiskSpace> checkDisk(List<FileAction> actions, StagingArea area, Preconditions preconditions)
            throws IOException {
        Map<FileStore, Long> needed = new HashMap<>();
        Map<FileStore, Path> examples = new LinkedHashMap<>();
        Map<String, Long> neededAt = new TreeMap<>();
        for (FileAction action : actions) {
            neededAt.merge(area.placeOf(action.path()), staged(action) + growth(action), Long::sum);
        }
        for (Map.Entry<String, Long> place : neededAt.entrySet()) {
            Path at = place.getKey().isEmpty()
                    ? settings.target()
                    : DataPath.of(place.getKey()).in(settings.target());
            FileStore store = Files.getFileStore(at);
            needed.merge(store, place.getValue(), Long::sum);
            examples.putIfAbsent(store, at);
        }
        addNewTablespaces(actions, needed, examples);
        List<DiskSpace> spaces = new ArrayList<>();
        for (Map.Entry<FileStore, Path> example : examples.entrySet()) {
            FileStore store = example.getKey();
            DiskSpace space =
                    new DiskSpace(example.getValue(), needed.getOrDefault(store, 0L) + RESERVE, store.getUsableSpace());
            spaces.add(space);
            if (!space.suffices()) {
                preconditions.add(
                        Kind.NOT_ENOUGH_DISK,
                        String.format(
                                Locale.ROOT,
                                "the file system of \"%s\" has %d bytes free, and the rewind needs %d",
                                space.path(),
                                space.free(),
                                space.needed()),
                        settings.copyMode() == CopyMode.STAGED
                                ? "free that much for the time of the rewind, or copy in place, which needs less."
                                : "free that much for the time of the rewind.");
            }
        }
        return spaces;
    }

    /** A new tablespace's files are staged in the data directory, and copied where they cannot be moved. */
    private void addNewTablespaces(List<FileAction> actions, Map<FileStore, Long> needed, Map<FileStore, Path> examples)
            throws IOException {
        FileStore staging = Files.getFileStore(settings.target());
        for (FileAction action : actions) {
            if (action instanceof CreateTablespaceLink link) {
                Path at = existing(Path.of(link.location()));
                FileStore store = Files.getFileStore(at);
                if (!store.equals(staging)) {
                    long bytes = actions.stream()
                            .filter(inner -> inner.path().startsWith(link.path()))
                            .mapToLong(FileAction::bytes)
                            .sum();
                    needed.merge(store, bytes, Long::sum);
                    examples.putIfAbsent(store, at);
                }
            }
        }
    }

    private static Path existing(Path location) {
        Path parent = location.getParent();
        return parent == null || Files.exists(location) ? location : existing(parent);
    }

    private long staged(FileAction action) {
        if (settings.copyMode() == CopyMode.IN_PLACE && action instanceof CopyRanges copy) {
            long size = size(copy.path());
            return copy.ranges().stream()
                    .mapToLong(range -> Math.max(0, Math.min(range.length(), range.end() - size)))
                    .sum();
        }
        if (action instanceof RepeatWal repeat) {
            return repeat.size();
        }
        // How much of a file differs is known when it has been compared. Should it not fit, the target is as it was.
        return action instanceof UpdateFile ? 0 : action.bytes();
    }

    private long growth(FileAction action) {
        if (action instanceof UpdateFile update) {
            // Staged, and in its place.
            return 2 * Math.max(0, update.size() - size(update.path()));
        }
        return action instanceof CopyRanges copy ? Math.max(0, copy.finalSize() - size(copy.path())) : 0;
    }

    private long size(DataPath path) {
        return target.find(path).map(SourceFile::size).orElse(0L);
    }
}
