package org.pgrewind4j.transport.pgbackrest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * A backup in a repository of pgBackRest, as {@link BackrestRepository} opens it. Its {@link #wal} is the stanza's archive,
 * not the {@code pg_wal} of the server.
 *
 * <p>The manifest is read once and held; a million files take some 70 MB. A backup that is expired meanwhile is an
 * {@link IOException}: its files are gone.
 *
 * <p>Of symbolic links it lists those of tablespaces only, and in place of the others what they led to, see
 * {@link #links}.
 */
public final class BackrestBackup implements Backup {

    private final Manifest manifest;
    private final BackrestArchive archive;
    private final Access access;
    private final BackrestTree tree;
    private final ContentReader reader;
    private BackupFacts facts;

    private BackrestBackup(Path stanza, Manifest manifest, BackrestArchive archive, Access access) {
        this.manifest = manifest;
        this.archive = archive;
        this.access = access;
        this.tree = new BackrestTree(manifest, access);
        this.reader = new ContentReader(new StoredContent(stanza, manifest, access));
        this.facts = manifest.facts();
    }

    static BackrestBackup open(Path stanza, Manifest manifest, BackrestArchive archive, String description)
            throws IOException {
        BackrestBackup backup = new BackrestBackup(stanza, manifest, archive, new Access(description));
        if (!backup.facts.isOnline()) {
            backup.facts = ofControlFile(backup.facts, backup.controlFile());
        }
        return backup;
    }

    /** What the manifest of an offline backup does not tell. */
    private static BackupFacts ofControlFile(BackupFacts facts, ControlFile controlFile) {
        return new BackupFacts(
                facts.label(),
                facts.type(),
                facts.references(),
                facts.version(),
                facts.systemIdentifier(),
                facts.start(),
                facts.stop(),
                controlFile.checkPointCopy().timeline(),
                controlFile.checkPointCopy().timeline(),
                facts.startTime(),
                facts.stopTime(),
                facts.isOnline(),
                facts.dataDirectory(),
                facts.tablespaces(),
                facts.databases());
    }

    @Override
    public String description() {
        return access.description();
    }

    @Override
    public BackupFacts facts() {
        return facts;
    }

    /**
     * The symbolic links that lay in the data directory beside those of tablespaces: to a directory, as that of the WAL, or
     * to a file, as to a configuration that lies elsewhere. What they led to is listed and visited in their place.
     *
     * @return where each was, and what it said
     */
    @Override
    public Map<DataPath, String> links() {
        Map<DataPath, String> links = new TreeMap<>(manifest.links());
        links.keySet().removeIf(DataPath::isTablespace);
        return links;
    }

    /**
     * The files in which pages with wrong checksums were found already when they were copied: they are restored as they
     * were.
     *
     * @return their paths; none if page checksums were not looked at
     */
    public List<DataPath> damagedFiles() {
        return manifest.damaged();
    }

    @Override
    public SourceMode mode() throws IOException {
        access.enter();
        return facts.isOnline() ? SourceMode.PRIMARY : SourceMode.STOPPED;
    }

    /** A backup that is in the catalogue is complete: nothing forbids copying from it. */
    @Override
    public List<SourceProblem> problems() throws IOException {
        access.enter();
        return List.of();
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        access.enter();
        tree.list(Set.copyOf(closed), visitor);
    }

    @Override
    public void entries(Visitor visitor) throws IOException {
        access.enter();
        tree.entries(visitor);
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        if (maxLength < 0) {
            throw new IllegalArgumentException("greatest length: " + maxLength);
        }
        access.enter();
        ManifestFile file = tree.file(path);
        if (file == null) {
            throw new NoSuchFileException(path.toString());
        }
        if (file.size() > maxLength) {
            throw new IOException(
                    "file \"" + path + "\" of " + description() + " is longer than " + maxLength + " bytes");
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        reader.read(
                file,
                Stretches.all(file.size()),
                (position, bytes, offset, length) -> content.write(bytes, offset, length));
        return content.toByteArray();
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        access.enter();
        new BackrestFetch(tree, reader, receiver).run(ranges);
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path directory) throws IOException {
        access.enter();
        try (BackrestComparison comparison = new BackrestComparison(tree, reader, access, directory)) {
            return comparison.different(ranges);
        }
    }

    /**
     * Gives the WAL of the stanza's archive.
     *
     * @return as {@link BackrestArchive#open} does, while this backup is open
     */
    @Override
    public WalSegmentSource wal() {
        return access.guard(archive);
    }

    /** From the archive: a backup holds history files only where WAL was copied into it. */
    @Override
    public Optional<TimelineHistory> history(PostgresVersion version, TimelineId timeline) throws IOException {
        Optional<TimelineHistory> archived = wal().history(timeline);
        return archived.isPresent() ? archived : Backup.super.history(version, timeline);
    }

    /**
     * The archive that this backup's WAL is in.
     *
     * @return the archive, for history files; usable after this backup was closed
     */
    public BackrestArchive archive() {
        return archive;
    }

    /**
     * The end of the backup, and its own control file; of one of a stopped server, where that was stopped.
     *
     * @return the end of the replay
     * @throws IOException if the control file cannot be read
     */
    @Override
    public ReplayEnd replayEnd() throws IOException {
        ControlFile controlFile = controlFile();
        return facts.isOnline()
                ? new ReplayEnd(facts.stop(), facts.stopTimeline(), controlFile)
                : ReplayEnd.ofStopped(controlFile);
    }

    @Override
    public void close() {
        access.close();
    }
}
