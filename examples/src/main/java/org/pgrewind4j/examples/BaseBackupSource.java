package org.pgrewind4j.examples;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Set;
import org.pgrewind4j.core.restore.DeltaRestore;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.core.restore.RestorePlan;
import org.pgrewind4j.core.restore.RestoreReport;
import org.pgrewind4j.core.restore.RestoreVerdict;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BaseBackup;

/**
 * A base backup of PostgreSQL's own: a copy of the data directory between the start and the stop of a backup, which is what
 * {@code pg_basebackup} makes. Restored by {@link DeltaRestore}.
 */
final class BaseBackupSource implements RebuildSource {

    /** What holds nothing that a backup has. */
    private static final Set<String> EMPTY = Set.of("pg_wal", "pg_xlog", "pg_replslot", "pg_notify", "pg_subtrans");

    private static final Set<String> LEFT_OUT =
            Set.of("postmaster.pid", "postmaster.opts", "recovery.done", "standby.signal");

    private final Path directory;
    private final PostgresServer primary;

    BaseBackupSource(DemoServers servers) {
        this.directory = servers.folder().resolve("base-backup");
        this.primary = servers.promoted();
    }

    @Override
    public String take() throws IOException {
        boolean isNew = primary.release().isAtLeast(15);
        String start = isNew ? "pg_backup_start('demo', true)" : "pg_start_backup('demo', true, false)";
        String stop = isNew
                ? "pg_backup_stop(false)"
                : primary.release().isAtLeast(10) ? "pg_stop_backup(false, false)" : "pg_stop_backup(false)";
        try (Connection connection = primary.connection("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT " + start);
            copy();
            try (ResultSet end = statement.executeQuery("SELECT labelfile FROM " + stop)) {
                end.next();
                Files.writeString(directory.resolve("backup_label"), end.getString(1));
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
        return "a base backup of PostgreSQL's own";
    }

    private void copy() throws IOException {
        Path from = primary.dataDirectory();
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path place, BasicFileAttributes attributes) throws IOException {
                Path copy = directory.resolve(from.relativize(place).toString());
                Files.copy(place, copy, StandardCopyOption.COPY_ATTRIBUTES);
                return EMPTY.contains(place.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String path = from.relativize(file).toString();
                if (!LEFT_OUT.contains(path)) {
                    try {
                        Files.copy(file, directory.resolve(path), StandardCopyOption.COPY_ATTRIBUTES);
                    } catch (NoSuchFileException e) {
                        // Removed meanwhile: replay knows of it.
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    @Override
    public String command() {
        return "DeltaRestore.of(oldPrimary).from(backup).recovery(RecoveryGoal.standby()...).plan().execute()";
    }

    @Override
    public Cost restore(Path target) throws IOException {
        long begin = System.nanoTime();
        try (Backup backup = BaseBackup.open(directory)) {
            RestorePlan plan = DeltaRestore.of(target)
                    .from(backup)
                    .recovery(RecoveryGoal.standby()
                            .timeline("latest")
                            .option("primary_conninfo", RebuildDemo.conninfo(primary))
                            .option("primary_slot_name", RebuildDemo.SLOT))
                    .plan();
            if (plan.verdict() != RestoreVerdict.RESTORE) {
                throw new IllegalStateException("expected a restore, found " + plan.verdict() + ": " + plan.problems());
            }
            RestoreReport report = plan.execute();
            return new Cost(
                    report.bytes().total(),
                    String.format(
                            Locale.ROOT,
                            "%,d files of %,d bytes",
                            report.kept().files(),
                            report.kept().bytes()),
                    (System.nanoTime() - begin) / 1_000_000);
        }
    }
}
