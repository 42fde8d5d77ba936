package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupEntry;

/**
 * The tree that a backup holds. Tablespaces are links; what other symbolic links led to when the backup was made is listed
 * in their place, since that is what the backup holds.
 */
final class BackrestTree {

    private final Manifest manifest;
    private final Access access;

    BackrestTree(Manifest manifest, Access access) {
        this.manifest = manifest;
        this.access = access;
    }

    /**
     * Finds a file.
     *
     * @return null if there is no such file
     * @throws IOException if it is something else
     */
    @Nullable ManifestFile file(DataPath path) throws IOException {
        Optional<ManifestFile> file = manifest.files().find(path);
        if (file.isEmpty() && manifest.directories().containsKey(path)) {
            throw new IOException("not a regular file: \"" + path + "\" of " + access.description());
        }
        return file.orElse(null);
    }

    void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        for (DataPath directory : manifest.directories().keySet()) {
            if (isListed(directory, closed)) {
                access.proceed();
                visitor.visit(entryOf(directory));
            }
        }
        manifest.files().forEach(file -> {
            if (isListed(file.path(), closed)) {
                access.proceed();
                visitor.visit(SourceFile.file(file.path(), file.size()));
            }
        });
    }

    private static boolean isListed(DataPath path, Set<DataPath> closed) {
        if (!path.isOfCluster()) {
            return false;
        }
        if (closed.isEmpty()) {
            return true;
        }
        for (Optional<DataPath> parent = path.parent();
                parent.isPresent();
                parent = parent.get().parent()) {
            if (closed.contains(parent.get())) {
                return false;
            }
        }
        return true;
    }

    private SourceFile entryOf(DataPath directory) {
        String target = directory.isTablespace() ? manifest.links().get(directory) : null;
        return target == null ? SourceFile.directory(directory) : SourceFile.symlink(directory, target);
    }

    void entries(Backup.Visitor visitor) throws IOException {
        for (Map.Entry<DataPath, BackupEntry.Attributes> directory :
                manifest.directories().entrySet()) {
            access.proceed();
            visitor.visit(new BackupEntry(
                    entryOf(directory.getKey()), directory.getValue(), Optional.empty(), Optional.empty()));
        }
        manifest.files().forEach(file -> {
            access.proceed();
            visitor.visit(new BackupEntry(
                    SourceFile.file(file.path(), file.size()),
                    manifest.fileAttributes().get(file.attributes()),
                    Optional.of(Instant.ofEpochSecond(file.modified())),
                    file.checksum()));
        });
    }
}
