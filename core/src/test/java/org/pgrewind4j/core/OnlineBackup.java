package org.pgrewind4j.core;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Set;
import org.pgrewind4j.testserver.PostgresServer;

/** Copies the files of a server that works on, as backup programs do. */
public final class OnlineBackup {

    private static final Set<String> EMPTY =
            Set.of("pg_wal", "pg_xlog", "pg_replslot", "pg_notify", "pg_stat_tmp", "pg_subtrans", "pg_dynshmem");

    private static final Set<String> OWN =
            Set.of("postmaster.pid", "postmaster.opts", "standby.signal", "recovery.signal", "recovery.done");

    private OnlineBackup() {}

    /** Takes a backup; some work is done when about half of the files are copied. */
    public static void of(PostgresServer server, Path to, Runnable meanwhile) {
        boolean isNew = server.release().isAtLeast(15);
        boolean isOld = !server.release().isAtLeast(10);
        try (Connection connection = server.connection("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    isNew ? "SELECT pg_backup_start('test', true)" : "SELECT pg_start_backup('test', true, false)");
            copy(server.dataDirectory(), to, "base");
            meanwhile.run();
            server.checkpoint();
            copy(server.dataDirectory().resolve("base"), to.resolve("base"), "");
            String stop =
                    isNew ? "pg_backup_stop(false)" : isOld ? "pg_stop_backup(false)" : "pg_stop_backup(false, false)";
            try (ResultSet end = statement.executeQuery("SELECT labelfile FROM " + stop)) {
                end.next();
                Files.writeString(to.resolve("backup_label"), end.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to, String later) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (!later.isEmpty() && directory.equals(from.resolve(later))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Path copy = to.resolve(from.relativize(directory).toString());
                Files.copy(directory, copy, StandardCopyOption.COPY_ATTRIBUTES);
                return EMPTY.contains(directory.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String path = from.relativize(file).toString();
                if (path.startsWith("pg_tblspc/") && attributes.isSymbolicLink()) {
                    // Beside the backup, and reached from it by a link as from the server.
                    Path beside = to.resolveSibling("tablespace-" + file.getFileName());
                    copy(file.toRealPath(), beside, "");
                    Files.createSymbolicLink(to.resolve(path), beside);
                } else if (!OWN.contains(path)) {
                    try {
                        Files.copy(file, to.resolve(path), StandardCopyOption.COPY_ATTRIBUTES);
                    } catch (NoSuchFileException e) {
                        // Dropped meanwhile.
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
}
