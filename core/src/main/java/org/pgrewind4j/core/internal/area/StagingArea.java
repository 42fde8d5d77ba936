package org.pgrewind4j.core.internal.area;

import com.google.common.collect.ImmutableSortedMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.DataPath;

/**
 * Where staged data lies: a directory in the data directory, and one in each place that a symbolic link of it leads to
 * (tablespaces, {@code pg_wal}), so that staged files can be moved in place on their own file system. PostgreSQL looks
 * at none of them.
 *
 * <p>The files of the directory in the data directory tell the state:
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>manifest</th><th>pg_control.new</th><th>global/pg_control</th><th>state</th></tr>
 * <tr><td>no</td><td>any</td><td>any</td><td>not sealed: worthless, dropped by the next execution</td></tr>
 * <tr><td>no, but {@code overwritten}</td><td>any</td><td>none</td><td>overwriting in place: no server starts, and a new
 *     rewind makes the target whole</td></tr>
 * <tr><td>yes</td><td>yes</td><td>another one</td><td>sealed: the target is still untouched</td></tr>
 * <tr><td>yes</td><td>yes</td><td>none</td><td>half applied: no server starts, resume finishes</td></tr>
 * <tr><td>yes</td><td>yes</td><td>the same</td><td>applied, and the machine crashed just then; or sealed, if the manifest
 *     says that it was the same before</td></tr>
 * <tr><td>yes</td><td>no</td><td>any</td><td>applied: only the staging area is still to be removed</td></tr>
 * </table>
 *
 * <p>Before the seal of an execution in place {@code pg_control.aside} is the control file that a new plan goes by; later it
 * is of no use. A control file in its place always means that a server may have been started on it since. Whether
 * {@code pg_control.aside} is there says nothing: a crash can leave a file that was being moved under both its names.
 *
 * <p>What leads from one state to the next, each by one operation that is made durable before anything else is done:
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>from, to</th><th>by</th><th>operation</th><th>a crash in between leaves</th></tr>
 * <tr><td>none, not sealed</td><td>{@link #create}</td><td>the directories are made</td><td>either, or some of the
 *     directories, which count as not sealed</td></tr>
 * <tr><td>not sealed, none</td><td>{@link #removeUnsealed}, by the execution that failed, or by the next one</td>
 *     <td>contents, then directories are removed</td><td>not sealed</td></tr>
 * <tr><td>not sealed, the same</td><td>{@link OverwrittenBlocks#note}</td><td>{@code overwritten} is made durable, while
 *     the control file is still in its place</td><td>not sealed</td></tr>
 * <tr><td>not sealed, overwriting</td><td>{@link ControlFileAside#move}, before the first block is overwritten</td>
 *     <td>{@code global/pg_control} is moved to {@code pg_control.aside}</td><td>either, or the file under both names,
 *     which counts as not sealed</td></tr>
 * <tr><td>overwriting, the same</td><td>{@link #removeUnsealed}</td><td>all but {@code overwritten} and
 *     {@code pg_control.aside} is removed</td><td>overwriting</td></tr>
 * <tr><td>not sealed, sealed; or overwriting, half applied</td><td>{@code Sealer}</td><td>{@code pg_control.new}, all that is
 *     staged and all names are durable; then {@code manifest.new} is moved to {@code manifest}</td><td>either</td></tr>
 * <tr><td>sealed, none</td><td>{@link #removeUnsealed}, if the target was started since: see {@link SealedRewind}</td>
 *     <td>the manifest goes last</td><td>sealed, or applied, for whom there is nothing to do either</td></tr>
 * <tr><td>sealed, half applied</td><td>{@code Applier.apply}, through {@link ControlFileAside#move}</td>
 *     <td>{@code global/pg_control} is moved to {@code pg_control.aside}</td><td>either, or the file under both names, which
 *     counts as sealed</td></tr>
 * <tr><td>half applied, applied</td><td>{@code Applier.finish}</td><td>all changes are durable; then {@code pg_control.new} is
 *     moved to {@code global/pg_control}</td><td>either, or the file under both names, which counts as applied</td></tr>
 * <tr><td>applied, half applied</td><td>{@code Applier.finish}</td><td>the move is taken back if it cannot be made
 *     durable</td><td>either</td></tr>
 * <tr><td>applied, none</td><td>{@link #remove}</td><td>the manifest goes last</td><td>applied, or not sealed</td></tr>
 * </table>
 *
 * <p>{@code Resumption} starts over at <i>sealed</i> or <i>half applied</i>; {@code StandbyWriter} makes an area that is
 * never sealed. That each of these holds for a crash before and after any single operation is what {@code CrashTest} tries:
 * whoever changes an order of operations runs it.
 */
public final class StagingArea {

    /** Staged parts of relation files, one after the other; the manifest knows which is where. */
    public static final String BLOCKS = "blocks";

    private final Path dataDirectory;
    private final ImmutableSortedMap<String, Path> places;

    /**
     * Names the area.
     *
     * @param dataDirectory the target
     * @param linked the paths of the target that are symbolic links to directories PostgreSQL writes to
     */
    public StagingArea(Path dataDirectory, Iterable<DataPath> linked) {
        this.dataDirectory = dataDirectory;
        ImmutableSortedMap.Builder<String, Path> places = ImmutableSortedMap.naturalOrder();
        places.put("", dataDirectory.resolve(OwnNames.STAGING));
        for (DataPath link : linked) {
            places.put(link.toString(), link.in(dataDirectory).resolve(OwnNames.STAGING));
        }
        this.places = places.build();
    }

    /** The staging directories by the path of the link that they lie behind; the empty path is the data directory. */
    public Map<String, Path> places() {
        return places;
    }

    /** The place whose file system a path is on. */
    public String placeOf(DataPath path) {
        for (String place : places.keySet()) {
            if (!place.isEmpty() && path.startsWith(DataPath.of(place))) {
                return place;
            }
        }
        return "";
    }

    public Path in(String place, String name) {
        Path directory = places.get(place);
        if (directory == null) {
            throw new IllegalStateException("no staging area for \"" + place + "\"");
        }
        return directory.resolve(name);
    }

    Path dataDirectory() {
        return dataDirectory;
    }

    public Path root() {
        return dataDirectory.resolve(OwnNames.STAGING);
    }

    public Path manifest() {
        return root().resolve("manifest");
    }

    public Path newControlFile() {
        return root().resolve("pg_control.new");
    }

    Path controlFileAside() {
        return root().resolve("pg_control.aside");
    }

    /** Names the blocks that an execution in place overwrites before its seal. */
    Path overwritten() {
        return root().resolve("overwritten");
    }

    Path status() {
        return root().resolve("status.json");
    }

    public Path controlFile() {
        return DataPath.CONTROL_FILE.in(dataDirectory);
    }

    /** What the staging area's files say. */
    public enum State {
        NONE,
        UNSEALED,
        OVERWRITING,
        SEALED,
        HALF_APPLIED,
        APPLIED;

        /** Whether there is a rewind to be finished, if the target was not started since. */
        public boolean isSealed() {
            return this == SEALED || this == HALF_APPLIED;
        }
    }

    public State state() throws IOException {
        if (!isThere(root())) {
            return State.NONE;
        }
        requireDirectory(root());
        if (!isThere(manifest())) {
            return isThere(overwritten()) && !isThere(controlFile()) ? State.OVERWRITING : State.UNSEALED;
        }
        if (!isThere(newControlFile())) {
            return State.APPLIED;
        }
        if (!isThere(controlFile())) {
            return State.HALF_APPLIED;
        }
        return Files.mismatch(newControlFile(), controlFile()) < 0 && !isReplacedByItself()
                ? State.APPLIED
                : State.SEALED;
    }

    /**
     * Whether the target had the very control file that it is to get, so that nothing tells whether it was applied: a
     * backup was restored over its own restore. Until a server starts, applying once more changes nothing.
     */
    private boolean isReplacedByItself() throws IOException {
        try {
            Manifest manifest = ManifestText.parse(Files.readAllBytes(manifest()));
            return manifest.targetControlFile().equals(Manifest.fingerprint(newControlFile()));
        } catch (PgRewindException e) {
            return false;
        }
    }

    /** Whether there is such a file. What cannot be told is an error: too much hangs on it for a guess. */
    public static boolean isThere(Path file) throws IOException {
        try {
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** What a rewind that failed has left. */
    public TargetState targetState() {
        try {
            return switch (state()) {
                case NONE, UNSEALED -> TargetState.UNTOUCHED;
                case OVERWRITING -> TargetState.NEEDS_SOURCE;
                case SEALED, HALF_APPLIED, APPLIED -> TargetState.RESUMABLE;
            };
        } catch (NotDirectoryException e) {
            // Whatever it is, it is not ours.
            return TargetState.UNTOUCHED;
        } catch (IOException e) {
            // Of the two the one to be careful with.
            return TargetState.RESUMABLE;
        }
    }

    /** What is staged is removed and written without a further look: it must not be someone else's. */
    private static void requireDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotDirectoryException(directory.toString());
        }
    }

    public void create(FileOperations files) throws IOException {
        for (Path directory : places.values()) {
            files.createDirectory(directory);
            requireDirectory(directory);
        }
    }

    /** Makes the names of all that is staged durable, and those of the places themselves. */
    public void sync(FileOperations files) throws IOException {
        for (Path directory : places.values()) {
            files.syncDirectory(directory);
            files.syncDirectory(parent(directory));
        }
    }

    /** Makes durable where the control files are: the one that is in place, the new one and the one aside. */
    public void syncControlFile(FileOperations files) throws IOException {
        files.syncDirectory(root());
        // A restore into an empty directory is still to make it.
        if (Files.isDirectory(parent(controlFile()))) {
            files.syncDirectory(parent(controlFile()));
        }
    }

    private static void removeContents(FileOperations files, Path directory, Set<Path> kept) throws IOException {
        if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        requireDirectory(directory);
        try (Stream<Path> contents = Files.list(directory)) {
            for (Path file : (Iterable<Path>) contents::iterator) {
                if (!kept.contains(file)) {
                    files.delete(file);
                }
            }
        }
    }

    private Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? dataDirectory : parent;
    }

    /** The target's control file, wherever it is while nothing is sealed. */
    public Path plannedControlFile() throws IOException {
        return state() == State.OVERWRITING ? controlFileAside() : controlFile();
    }

    /** Removes what is not sealed and of no use to anyone: all but what makes a new plan possible. */
    public void removeUnsealed(FileOperations files) throws IOException {
        if (state() != State.OVERWRITING) {
            remove(files);
            return;
        }
        for (Path directory : places.values()) {
            removeContents(files, directory, Set.of(overwritten(), controlFileAside()));
        }
    }

    /**
     * Removes the area. The manifest goes last: while it is there, the area is known to be applied or sealed.
     *
     * @param files the operations
     */
    public void remove(FileOperations files) throws IOException {
        for (Path directory : places.values()) {
            if (!directory.equals(root())) {
                remove(files, directory);
            }
        }
        remove(files, root());
    }

    private void remove(FileOperations files, Path directory) throws IOException {
        if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        removeContents(files, directory, Set.of(manifest()));
        if (directory.equals(root())) {
            files.delete(manifest());
        }
        files.delete(directory);
        files.syncDirectory(parent(directory));
    }
}
