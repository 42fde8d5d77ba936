package org.pgrewind4j.transport.backup;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.local.DataDirectoryException;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * A base backup of PostgreSQL's own that lies in a directory as a data directory does: made by {@code pg_basebackup} in
 * its plain format, by a copy between {@code pg_backup_start} and {@code pg_backup_stop} to which {@code backup_label} was
 * added, or of a server that was stopped.
 *
 * <p>Its entries have no checksum: comparing with a copy on this machine takes no longer than reading it. Where its replay
 * must arrive is known to the record of the backup's end alone, so its stop is its start.
 */
public final class BaseBackup implements Backup {

    private final Path root;
    private final LocalDirectoryTransport directory;
    private final BackupFacts facts;

    private BaseBackup(Path root, LocalDirectoryTransport directory, BackupFacts facts) {
        this.root = root;
        this.directory = directory;
        this.facts = facts;
    }

    /**
     * Opens a backup.
     *
     * @param directory where it lies
     * @return the backup, which the caller closes
     * @throws DataDirectoryException if it is no directory, has no control file, or may not be read
     * @throws IOException if it cannot be read, or is not a backup: it has no {@code backup_label}, and its server was not
     *     stopped cleanly
     * @throws org.pgrewind4j.timeline.PgRewindException if its control file is not that of a release that the library knows
     */
    public static BaseBackup open(Path directory) throws IOException {
        requireNonNull(directory, "directory");
        Path root = directory.toAbsolutePath().normalize();
        Optional<DataDirectoryException> none = DataDirectoryException.findInCluster(Side.SOURCE, root);
        if (none.isPresent()) {
            throw none.get();
        }
        LocalDirectoryTransport transport = LocalDirectoryTransport.openToLookAt(root);
        try {
            ControlFile controlFile = transport.controlFile();
            StartOfBackup start = StartOfBackup.read(transport, controlFile);
            BackupFacts facts = new BackupFacts(
                    start.label().orElseGet(() -> root.getFileName().toString()),
                    BackupFacts.BackupType.FULL,
                    List.of(),
                    controlFile.version(),
                    controlFile.systemIdentifier(),
                    start.redo(),
                    start.redo(),
                    start.timeline(),
                    start.timeline(),
                    start.time(),
                    start.time(),
                    start.isOnline(),
                    attributes(root),
                    tablespaces(transport),
                    List.of());
            return new BaseBackup(root, transport, facts);
        } catch (IOException | RuntimeException e) {
            transport.close();
            throw e;
        }
    }

    private static List<BackupFacts.Tablespace> tablespaces(LocalDirectoryTransport transport) throws IOException {
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

    private static BackupEntry.Attributes attributes(Path path, LinkOption... options) throws IOException {
        PosixFileAttributes found = Files.readAttributes(path, PosixFileAttributes.class, options);
        int mode = (int) Files.getAttribute(path, "unix:mode", options) & 0777;
        return new BackupEntry.Attributes(
                mode,
                Optional.of(found.owner().getName()),
                Optional.of(found.group().getName()));
    }

    @Override
    public BackupFacts facts() {
        return facts;
    }

    @Override
    public void entries(Visitor visitor) throws IOException {
        directory.list(Set.of(), file -> {
            Path place = file.path().in(root);
            try {
                visitor.visit(new BackupEntry(
                        file,
                        attributes(place, LinkOption.NOFOLLOW_LINKS),
                        file.type() == SourceFile.Type.FILE
                                ? Optional.of(Files.getLastModifiedTime(place, LinkOption.NOFOLLOW_LINKS)
                                        .toInstant())
                                : Optional.empty(),
                        Optional.empty()));
            } catch (NoSuchFileException e) {
                throw new IOException(description() + " was changed while it was read: \"" + file.path() + "\"", e);
            }
        });
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
        return new ReplayEnd(facts.stop(), facts.stopTimeline(), controlFile());
    }

    @Override
    public void close() {
        directory.close();
    }
}
