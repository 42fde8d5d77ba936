package org.pgrewind4j.transport.backup;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.local.DataDirectoryException;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * A base backup of PostgreSQL's own: a directory as a data directory is, made by {@code pg_basebackup} in its plain format, by
 * a copy between {@code pg_backup_start} and {@code pg_backup_stop} to which {@code backup_label} was added, or of a server
 * that was stopped; or the tar files of {@code pg_basebackup --format=tar}, plain or packed with gzip, lz4 or zstd.
 *
 * <p>Where the backup has a {@code backup_manifest}, which {@code pg_basebackup} makes from release 13 on, its files are held
 * against it: their names and lengths when it is opened, their contents when they are read. It tells as well where replay
 * must arrive; without one that is known to the record of the backup's end alone, so the stop is the start. Of files that were
 * copied without their server's help, of one that was stopped, a manifest says nothing.
 *
 * <p>An incremental backup is refused: what it lacks is in those before it.
 *
 * <p>Entries have the checksums of the manifest, where there are any. A file of which a part is wanted is read whole then.
 *
 * <p>Packed tar files are unpacked when the backup is opened, which takes the room of the plain ones, see
 * {@link #open(Path, Path)}. Memory does not depend on their size: it is some 600 bytes for each file of the backup.
 */
public final class BaseBackup implements Backup {

    private static final String MANIFEST = "backup_manifest";

    private final Path root;
    private final BackupFiles directory;
    private final BackupFacts facts;

    private BaseBackup(Path root, BackupFiles directory, BackupFacts facts) {
        this.root = root;
        this.directory = directory;
        this.facts = facts;
    }

    /**
     * Opens a backup. Packed tar files are unpacked in the directory for temporary files, {@code java.io.tmpdir}.
     *
     * @param directory where it lies
     * @return the backup, which the caller closes
     * @throws DataDirectoryException if it is no directory, has no control file, or may not be read
     * @throws BackupException if a tar file, or {@code backup_manifest}, is damaged, or the files are not those that it names
     * @throws org.pgrewind4j.transport.UnsafePathException if a name or a link's target in them is not safe
     * @throws IOException if it cannot be read, or is not a backup: it has no {@code backup_label}, and its server was not
     *     stopped cleanly
     * @throws org.pgrewind4j.timeline.PgRewindException if its control file is not that of a release that the library knows
     */
    public static BaseBackup open(Path directory) throws IOException {
        return open(requireNonNull(directory, "directory"), Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * Opens a backup whose tar files may be packed.
     *
     * @param directory where it lies
     * @param spool an existing directory, on a file system with room for the plain tar files; what is unpacked there goes away
     *     with the backup, or the program, and has no name meanwhile
     * @return the backup, which the caller closes
     * @throws DataDirectoryException if it is no directory, has no control file, or may not be read
     * @throws BackupException if a tar file, or {@code backup_manifest}, is damaged, or the files are not those that it names
     * @throws org.pgrewind4j.transport.UnsafePathException if a name or a link's target in them is not safe
     * @throws IOException if it cannot be read, or is not a backup: it has no {@code backup_label}, and its server was not
     *     stopped cleanly
     * @throws org.pgrewind4j.timeline.PgRewindException if its control file is not that of a release that the library knows
     */
    public static BaseBackup open(Path directory, Path spool) throws IOException {
        requireNonNull(directory, "directory");
        requireNonNull(spool, "spool");
        Path root = directory.toAbsolutePath().normalize();
        Map<String, Path> tars = Files.isReadable(root) && Files.isDirectory(root) ? TarStore.find(root) : Map.of();
        BackupFiles files =
                tars.isEmpty() ? DirectoryFiles.open(root) : TarFiles.open(root, TarStore.open(tars, spool));
        try {
            return of(root, files);
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private static BaseBackup of(Path root, BackupFiles stored) throws IOException {
        StartOfBackup labelled = StartOfBackup.read(stored, stored.controlFile());
        Optional<BackupManifest> manifest = manifest(root, labelled);
        BackupFiles files = manifest.isEmpty() ? stored : VerifiedFiles.of(stored, manifest.get());
        // Read again where they are held against the manifest.
        ControlFile controlFile = files.controlFile();
        StartOfBackup start = StartOfBackup.read(files, controlFile);
        Optional<Long> system = manifest.flatMap(BackupManifest::systemIdentifier);
        if (system.isPresent() && system.get() != controlFile.systemIdentifier()) {
            throw BackupException.at(
                    root.resolve(MANIFEST),
                    "expected the system identifier " + Long.toUnsignedString(controlFile.systemIdentifier())
                            + " of its control file, found " + Long.toUnsignedString(system.get()));
        }
        BackupFacts facts = new BackupFacts(
                start.label().orElseGet(() -> root.getFileName().toString()),
                BackupFacts.BackupType.FULL,
                List.of(),
                controlFile.version(),
                controlFile.systemIdentifier(),
                start.redo(),
                manifest.map(found -> found.newest().end()).orElse(start.redo()),
                start.timeline(),
                manifest.map(found -> found.newest().timeline()).orElse(start.timeline()),
                start.time(),
                start.time(),
                start.isOnline(),
                files.dataDirectory(),
                tablespaces(files),
                List.of());
        return new BaseBackup(root, files, facts);
    }

    /** The manifest of this backup. */
    private static Optional<BackupManifest> manifest(Path root, StartOfBackup start) throws IOException {
        Path file = root.resolve(MANIFEST);
        if (!start.isOnline() || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        BackupManifest manifest = ManifestReader.read(file);
        if (!manifest.isOf(start)) {
            throw BackupException.withHint(
                    file,
                    "expected the manifest of a backup that started at " + start.redo() + " on timeline "
                            + start.timeline() + ", as \"backup_label\" says, found that of "
                            + manifest.oldest().start() + " on timeline "
                            + manifest.oldest().timeline(),
                    "remove it if it was copied with the files of a server that was made from a backup itself; else restore"
                            + " another backup.");
        }
        return Optional.of(manifest);
    }

    private static List<BackupFacts.Tablespace> tablespaces(BackupFiles transport) throws IOException {
        List<BackupFacts.Tablespace> tablespaces = new ArrayList<>();
        transport.list(Set.of(DataPath.of("base"), DataPath.of("pg_wal"), DataPath.of("pg_xlog")), file -> {
            if (file.path().isTablespace() && file.type() == SourceFile.Type.SYMLINK) {
                String oid = file.path().fileName();
                if (!oid.matches("[0-9]{1,10}")) {
                    throw new IOException(transport.description() + " has a link in \"" + DataPath.TABLESPACES
                            + "\" whose name is no OID: \"" + file.path() + "\"");
                }
                tablespaces.add(new BackupFacts.Tablespace(Long.parseLong(oid), oid, file.linkTarget()));
            }
        });
        return tablespaces;
    }

    @Override
    public BackupFacts facts() {
        return facts;
    }

    @Override
    public void entries(Visitor visitor) throws IOException {
        directory.list(Set.of(), file -> visitor.visit(directory.entry(file)));
    }

    @Override
    public String description() {
        return "base backup \"" + root + "\"";
    }

    @Override
    public SourceMode mode() throws IOException {
        directory.mode();
        return facts.isOnline() ? SourceMode.PRIMARY : SourceMode.STOPPED;
    }

    @Override
    public List<SourceProblem> problems() throws IOException {
        // The state that its control file names is one in which the server worked on.
        return facts.isOnline() ? List.of() : directory.problems();
    }

    @Override
    public boolean isSame(DataPath place, Path other) throws IOException {
        return directory.isSame(place, other);
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        directory.list(closed, visitor);
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        return directory.read(path, maxLength);
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        directory.fetch(ranges, receiver);
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path other) throws IOException {
        return directory.different(ranges, other);
    }

    @Override
    public WalSegmentSource wal() {
        return directory.wal();
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        // A standby that was stopped may have replayed WAL from behind its last checkpoint.
        return facts.isOnline()
                ? new ReplayEnd(facts.stop(), facts.stopTimeline(), controlFile())
                : directory.replayEnd();
    }

    @Override
    public void close() {
        directory.close();
    }
}
