package org.pgrewind4j.transport.pgbackrest;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.VisibleText;
import org.pgrewind4j.transport.backup.BackupFacts;

/**
 * A stanza in a repository of pgBackRest on a file system.
 *
 * <pre>{@code
 * BackrestRepository repository = BackrestRepository.at(Path.of("/var/lib/pgbackrest"), "main")
 *         .cipherPassphrase(passphrase)
 *         .open();
 * try (BackrestBackup backup = repository.latest()) {
 *     ...
 * }
 * }</pre>
 *
 * <p>Choosing follows pgBackRest's {@code restore} (pgBackRest: {@code src/command/restore/restore.c},
 * {@code restoreBackupSet}). A backup that was made since is seen by a repository that is opened again.
 *
 * <p>Safe for use by several threads.
 */
public final class BackrestRepository {

    private static final Pattern STANZA = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}");

    private final Path repository;
    private final String stanza;
    private final Optional<String> passphrase;
    private final BackupInfo info;

    private BackrestRepository(Path repository, String stanza, Optional<String> passphrase, BackupInfo info) {
        this.repository = repository;
        this.stanza = stanza;
        this.passphrase = passphrase;
        this.info = info;
    }

    /**
     * Opens a stanza of a repository that is not encrypted.
     *
     * @param repository the repository's directory, pgBackRest's {@code repo1-path}
     * @param stanza the stanza's name
     * @return the stanza
     * @throws BackrestException if there is no such stanza, or its catalogue is damaged
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if no stanza can have that name
     */
    public static BackrestRepository open(Path repository, String stanza) throws IOException {
        requireNonNull(repository, "repository");
        requireNonNull(stanza, "stanza");
        return at(repository, stanza).open();
    }

    /**
     * Describes a stanza before it is opened.
     *
     * @param repository the repository's directory, pgBackRest's {@code repo1-path}
     * @param stanza the stanza's name
     * @return a builder
     * @throws IllegalArgumentException if no stanza can have that name
     */
    public static Builder at(Path repository, String stanza) {
        requireNonNull(repository, "repository");
        requireNonNull(stanza, "stanza");
        if (!STANZA.matcher(stanza).matches()) {
            throw new IllegalArgumentException("not the name of a stanza: \"" + VisibleText.of(stanza) + "\"");
        }
        return new Builder(repository, stanza);
    }

    /** How a stanza is to be opened. */
    public static final class Builder {
        private final Path repository;
        private final String stanza;
        private Optional<String> passphrase = Optional.empty();

        private Builder(Path repository, String stanza) {
            this.repository = repository;
            this.stanza = stanza;
        }

        /**
         * Says what the repository is encrypted with.
         *
         * @param secret pgBackRest's {@code repo1-cipher-pass}, for the type {@code aes-256-cbc}
         * @return this builder
         */
        public Builder cipherPassphrase(String secret) {
            passphrase = Optional.of(secret);
            return this;
        }

        /**
         * Opens the stanza.
         *
         * @return the stanza
         * @throws BackrestException if there is no such stanza, its catalogue is damaged, or the passphrase is another
         *     one
         * @throws IOException if it cannot be read
         */
        public BackrestRepository open() throws IOException {
            Path catalogue = repository.resolve("backup").resolve(stanza).resolve("backup.info");
            return new BackrestRepository(
                    repository, stanza, passphrase, InfoFile.load(catalogue, passphrase, BackupInfo::parse));
        }
    }

    /**
     * Tells which of the clusters that the stanza has had it has now.
     *
     * @return its number, as {@link BackupSummary#databaseId} has it
     */
    public long databaseId() {
        return info.databaseId();
    }

    /**
     * Lists the backups.
     *
     * @return the oldest first
     */
    public List<BackupSummary> backups() {
        return List.copyOf(info.backups().values());
    }

    /**
     * Opens a backup.
     *
     * @param label its name
     * @return the backup, which the caller closes
     * @throws BackrestException if there is no such backup, or its manifest is damaged
     * @throws org.pgrewind4j.transport.UnsafePathException if a name in it is not safe
     * @throws IOException if it cannot be read
     */
    public BackrestBackup backup(String label) throws IOException {
        BackupSummary summary = info.backups().get(label);
        if (summary == null) {
            throw BackrestException.withHint(
                    catalogue(),
                    "expected a backup \"" + VisibleText.of(label) + "\", found none of that label",
                    info.backups().isEmpty()
                            ? "make a backup first."
                            : "choose one of "
                                    + String.join(", ", info.backups().keySet()) + ".");
        }
        return open(summary);
    }

    /**
     * Opens the newest backup.
     *
     * @return the backup, which the caller closes
     * @throws BackrestException if there is none, it belongs to an older cluster of the stanza, or it is damaged
     * @throws org.pgrewind4j.transport.UnsafePathException if a name in it is not safe
     * @throws IOException if it cannot be read
     */
    public BackrestBackup latest() throws IOException {
        return newest(backup -> true, "a backup");
    }

    /**
     * Opens the newest backup that was complete before a time: the one to recover to that time from.
     *
     * @param time the time
     * @return the backup, which the caller closes
     * @throws BackrestException if there is none, it belongs to an older cluster of the stanza, or it is damaged
     * @throws org.pgrewind4j.transport.UnsafePathException if a name in it is not safe
     * @throws IOException if it cannot be read
     */
    public BackrestBackup before(Instant time) throws IOException {
        return newest(backup -> backup.stopTime().isBefore(time), "a backup that was complete before " + time);
    }

    /**
     * Opens the newest backup that is consistent at a position: the one to recover to that position from.
     *
     * @param position the position
     * @return the backup, which the caller closes
     * @throws BackrestException if there is none, it belongs to an older cluster of the stanza, or it is damaged
     * @throws org.pgrewind4j.transport.UnsafePathException if a name in it is not safe
     * @throws IOException if it cannot be read
     */
    public BackrestBackup upTo(Lsn position) throws IOException {
        return newest(
                backup -> backup.stop().isPresent() && !backup.stop().get().isAfter(position),
                "a backup that stops at " + position + " or before");
    }

    private BackrestBackup newest(Predicate<BackupSummary> isWanted, String what) throws IOException {
        BackupSummary newest = info.backups().values().stream()
                .filter(isWanted)
                .max(Comparator.comparing(BackupSummary::label))
                .orElseThrow(() -> BackrestException.in(catalogue(), "expected " + what + ", found none"));
        if (newest.databaseId() != info.databaseId()) {
            throw BackrestException.withHint(
                    catalogue(),
                    "expected " + what + " of the stanza's present cluster, number " + info.databaseId() + ", found "
                            + newest.label() + " of number " + newest.databaseId(),
                    "make a backup of the present cluster, or name the label of the older one's.");
        }
        return open(newest);
    }

    private BackrestBackup open(BackupSummary summary) throws IOException {
        Path backups = repository.resolve("backup").resolve(stanza);
        Path directory = backups.resolve(summary.label());
        Path file = directory.resolve("backup.manifest");
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw BackrestException.in(file, "expected the directory of a backup, found none");
        }
        Manifest manifest = InfoFile.load(file, info.cipherPassphrase(), ManifestParser::parse);
        BackupFacts facts = manifest.facts();
        if (!facts.label().equals(summary.label())) {
            throw BackrestException.in(
                    file, "expected the manifest of " + summary.label() + ", found that of " + facts.label());
        }
        return BackrestBackup.open(
                backups,
                manifest,
                archive(facts),
                "backup " + summary.label() + " of stanza \"" + stanza + "\" in \"" + repository + "\"");
    }

    private BackrestArchive archive(BackupFacts facts) throws IOException {
        return archive(facts.systemIdentifier(), facts.version().release());
    }

    /**
     * Opens the archive of a cluster.
     *
     * @param systemIdentifier the cluster's, as an unsigned number
     * @param release of its server, as {@link org.pgrewind4j.wal.PostgresVersion#release} has it
     * @return the archive, which is empty if the stanza has archived nothing of that cluster
     * @throws BackrestException if what the archive says of itself is damaged
     * @throws IOException if it cannot be read
     */
    public BackrestArchive archive(long systemIdentifier, String release) throws IOException {
        Path archive = repository.resolve("archive").resolve(stanza);
        if (!Files.isDirectory(archive)) {
            return new BackrestArchive(List.of(), Optional.empty());
        }
        ArchiveInfo archived = InfoFile.load(archive.resolve("archive.info"), passphrase, ArchiveInfo::parse);
        List<Path> directories = new ArrayList<>();
        for (ArchiveInfo.Cluster cluster : archived.clusters()) {
            if (cluster.systemIdentifier() == systemIdentifier
                    && cluster.release().equals(release)) {
                directories.add(archive.resolve(cluster.directory()));
            }
        }
        return new BackrestArchive(directories, archived.cipherPassphrase());
    }

    private Path catalogue() {
        return repository.resolve("backup").resolve(stanza).resolve("backup.info");
    }

    /** Prints the stanza and the repository. */
    @Override
    public String toString() {
        return "stanza \"" + stanza + "\" in \"" + repository + "\"";
    }
}
