package org.pgrewind4j.core.internal.apply;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.ClearPath;
import org.pgrewind4j.core.FileAction.CreateDirectory;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.SetAttributes;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.internal.area.ControlFileAside;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.RestoredBackup;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.events.Events;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.FileOperations.WritableFile;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.DataDirectory;

/**
 * Changes the target from a sealed staging area. Each step can be done any number of times, and staged data stays until
 * all is done, so an apply that was interrupted anywhere is finished by applying again.
 *
 * <p>While it works {@code global/pg_control} is aside, so no server starts on a directory that is neither old nor new.
 */
final class Applier {

    private static final System.Logger LOG = System.getLogger(Applier.class.getName());

    private static final int BUFFER = 1 << 20;

    /** So many changed files wait to be forced to the disk at most, so that progress is not told long before. */
    private static final int FORCED_AT_ONCE = 256;

    private final Path target;
    private final DataDirectory directory;
    private final StagingArea area;
    private final FileOperations files;
    private final ProgressCounter progress;
    private final Set<Path> changedFiles = new LinkedHashSet<>();
    private final Set<Path> changedDirectories = new LinkedHashSet<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

    Applier(Path target, StagingArea area, FileOperations files, ProgressCounter progress) {
        this.target = target;
        this.directory = DataDirectory.of(target);
        this.area = area;
        this.files = files;
        this.progress = progress;
    }

    /** Does everything but the very last step, {@link #finish}. */
    void apply(Manifest manifest) throws IOException {
        ControlFileAside.move(area, files, manifest.targetControlFile());
        for (Manifest.Step step : manifest.steps()) {
            Events.apply(step.path(), step.bytes(), () -> perform(step));
            if (changedFiles.size() >= FORCED_AT_ONCE) {
                syncChangedFiles();
            }
            progress.fileDone();
        }
        syncChangedFiles();
        RestoredBackup restored = manifest.restored();
        if (restored != null) {
            files.setAttributes(target.toRealPath(), restored.dataDirectory(), Optional.empty());
        }
        for (Path changed : changedDirectories) {
            // A directory that was made and removed again by a repeated apply has nothing to be forced.
            if (Files.isDirectory(changed)) {
                files.syncDirectory(changed);
            }
        }
    }

    private void syncChangedFiles() throws IOException {
        files.syncFiles(changedFiles);
        changedFiles.clear();
    }

    /** Lets servers start again. That is not said before it outlives a crash. */
    void finish() throws IOException {
        files.move(area.newControlFile(), area.controlFile());
        try {
            area.syncControlFile(files);
        } catch (IOException e) {
            takeBackControlFile(e);
            throw e;
        }
    }

    /** Half applied again, as the failure says. Where not even that can be done, resuming makes durable what is there. */
    private void takeBackControlFile(IOException failure) {
        try {
            files.move(area.controlFile(), area.newControlFile());
            area.syncControlFile(files);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private void perform(Manifest.Step step) throws IOException {
        if (step instanceof Manifest.WholeFile file) {
            place(file);
        } else if (step instanceof Manifest.Parts parts) {
            patch(parts);
        } else if (step instanceof Manifest.Plain plain) {
            perform(plain.action());
        }
    }

    private void perform(FileAction action) throws IOException {
        if (action instanceof RemoveFile || action instanceof RemoveDirectory) {
            remove(action.path());
            return;
        }
        Path path = directory.resolve(action.path());
        if (action instanceof ClearPath clear) {
            new Clearance(files).clear(path, clear.needed()).ifPresent(changedDirectories::add);
        } else if (action instanceof SetAttributes set) {
            if (files.setAttributes(path, set.attributes(), set.modified())
                    && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                changedFiles.add(path);
            }
        } else if (action instanceof CreateDirectory) {
            createDirectory(path);
        } else if (action instanceof CreateTablespaceLink link) {
            createTablespace(path, Path.of(link.location()));
        } else if (action instanceof Truncate truncate) {
            try (WritableFile file = files.open(path)) {
                file.resize(truncate.size());
            }
            changedFiles.add(path);
        } else {
            throw new IllegalStateException("needs staged data: " + action);
        }
    }

    private void remove(DataPath gone) throws IOException {
        Path path;
        try {
            path = directory.resolve(gone);
        } catch (NoSuchFileException e) {
            // An apply that was interrupted later on has removed it with its directory.
            return;
        }
        try {
            files.delete(path);
        } catch (DirectoryNotEmptyException e) {
            // Only what no listing names is left in it, such as a socket. A server takes no notice of it either.
            LOG.log(System.Logger.Level.WARNING, "directory \"{0}\" is not empty and stays", path);
        }
        changedDirectories.add(parent(path));
    }

    /** Durable at once: a crash that forgot the directory would take along what was moved there from its staged place. */
    private void createDirectory(Path directory) throws IOException {
        files.createDirectory(directory);
        files.syncDirectory(parent(directory));
    }

    private void createTablespace(Path link, Path location) throws IOException {
        createMissing(location);
        // An apply that was interrupted can have made any of these without making it durable.
        for (Path parent = location.getParent(); parent != null; parent = parent.getParent()) {
            if (Files.isWritable(parent)) {
                files.syncDirectory(parent);
            }
        }
        if (!Files.isSymbolicLink(link)) {
            files.createLink(link, location);
        }
        files.syncDirectory(parent(link));
    }

    private void createMissing(Path location) throws IOException {
        if (!Files.isDirectory(location)) {
            createMissing(parent(location));
            files.createDirectory(location);
        }
    }

    /** Moves a staged file in place; where it cannot be moved it is copied, and stays staged until all is done. */
    private void place(Manifest.WholeFile file) throws IOException {
        Path path = directory.resolve(file.path());
        Path staged = area.in(file.place(), file.name());
        if (!Files.exists(staged, LinkOption.NOFOLLOW_LINKS)) {
            // Moved by an apply that was interrupted later on.
            SealedDataCheck.requireContent(path, file.size(), file.crc());
        } else {
            try {
                files.move(staged, path);
            } catch (FileSystemException e) {
                // Another file system, or a file that is a mount point of its own.
                copy(staged, path, file.size());
            }
        }
        changedDirectories.add(parent(path));
        progress.bytesDone(file.size());
    }

    private void copy(Path staged, Path path, long size) throws IOException {
        try (FileChannel from = FileChannel.open(staged, StandardOpenOption.READ);
                WritableFile to = files.open(path)) {
            to.resize(size);
            transfer(from, 0, to, 0, size);
        }
        changedFiles.add(path);
    }

    private void patch(Manifest.Parts parts) throws IOException {
        Path path = directory.resolve(parts.path());
        List<Manifest.Piece> staged = parts.staged();
        if (staged.isEmpty() && Files.size(path) == parts.finalSize()) {
            // Overwritten and made durable before the seal.
            progress.bytesDone(parts.bytes());
            return;
        }
        try (WritableFile to = files.open(path)) {
            if (!staged.isEmpty()) {
                patch(area.in(parts.place(), StagingArea.BLOCKS), staged, to);
            }
            to.resize(parts.finalSize());
        }
        changedFiles.add(path);
    }

    private void patch(Path blocks, List<Manifest.Piece> staged, WritableFile to) throws IOException {
        try (FileChannel from = FileChannel.open(blocks, StandardOpenOption.READ)) {
            for (Manifest.Piece piece : staged) {
                transfer(from, piece.staged(), to, piece.offset(), piece.length());
                progress.bytesDone(piece.length());
            }
        }
    }

    private void transfer(FileChannel from, long position, WritableFile to, long offset, long length)
            throws IOException {
        for (long done = 0; done < length; ) {
            buffer.clear().limit((int) Math.min(BUFFER, length - done));
            int read = from.read(buffer, position + done);
            if (read < 0) {
                throw new IOException("staged data is shorter than its manifest says");
            }
            to.write(buffer.flip(), offset + done);
            done += read;
        }
    }

    private Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? target : parent;
    }
}
