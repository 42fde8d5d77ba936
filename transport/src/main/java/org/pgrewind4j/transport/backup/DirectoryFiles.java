package org.pgrewind4j.transport.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Instant;
import java.util.Optional;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** The files of a backup that lie as in a data directory. */
final class DirectoryFiles extends ForwardingFiles {

    private final Path root;
    private final LocalDirectoryTransport directory;

    private DirectoryFiles(Path root, LocalDirectoryTransport directory) {
        super(directory);
        this.root = root;
        this.directory = directory;
    }

    static DirectoryFiles open(Path root) throws IOException {
        return new DirectoryFiles(root, LocalDirectoryTransport.open(root));
    }

    @Override
    public String description() {
        return "base backup \"" + root + "\"";
    }

    @Override
    public BackupEntry entry(SourceFile file) throws IOException {
        Path place = file.path().in(root);
        try {
            Optional<Instant> modified = file.type() == SourceFile.Type.FILE
                    ? Optional.of(Files.getLastModifiedTime(place, LinkOption.NOFOLLOW_LINKS)
                            .toInstant())
                    : Optional.empty();
            return new BackupEntry(file, attributes(place, LinkOption.NOFOLLOW_LINKS), modified, Optional.empty());
        } catch (NoSuchFileException e) {
            throw new IOException(description() + " was changed while it was read: \"" + file.path() + "\"", e);
        }
    }

    @Override
    public BackupEntry.Attributes dataDirectory() throws IOException {
        return attributes(root);
    }

    @Override
    public void close() {
        directory.close();
    }

    private static BackupEntry.Attributes attributes(Path path, LinkOption... options) throws IOException {
        PosixFileAttributes found = Files.readAttributes(path, PosixFileAttributes.class, options);
        int mode = (int) Files.getAttribute(path, "unix:mode", options) & 0777;
        return new BackupEntry.Attributes(
                mode,
                Optional.of(found.owner().getName()),
                Optional.of(found.group().getName()));
    }
}
