package org.pgrewind4j.core.internal.salvage;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Range;
import com.google.common.collect.RangeSet;
import com.google.common.collect.TreeRangeSet;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CreateDirectory;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.SetAttributes;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.ManifestText;
import org.pgrewind4j.core.internal.area.RestoredBackup;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.stage.BeforeSeal;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.transport.local.PostmasterPid;

/**
 * Keeps what a rewind is about to change.
 *
 * <p>The manifest that is about to be sealed is all that an apply ever does, so the inverse of each of its steps, made while
 * the target is still as it was, is all that an undo has to do: what is removed or replaced is kept whole; of a file that is
 * written to in parts, these parts as far as the file reached, and what is cut off; what is made is to be removed.
 */
public final class BundleWriter implements BeforeSeal {

    private static final int BUFFER = 1 << 20;
    private static final int MODE_BITS = 0777;

    private final Path bundle;
    private final Path target;
    private final DataDirectory directory;
    private final List<Manifest.Step> creations = new ArrayList<>();
    private final List<Manifest.Step> contents = new ArrayList<>();
    private final List<Manifest.Step> removals = new ArrayList<>();
    private final List<Manifest.Step> attributes = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private long bytes;
    private long staged;
    private int names;

    public BundleWriter(Path bundle, Path target) {
        this.bundle = bundle;
        this.target = target;
        this.directory = DataDirectory.of(target);
    }

    @Override
    public void perform(Manifest manifest, StagingArea area, FileOperations files) throws IOException {
        BundleFiles parts = new BundleFiles(bundle);
        files.createDirectory(bundle);
        // What an execution left that failed later on is none from here on.
        files.delete(parts.file(BundleFiles.INDEX));
        files.syncDirectory(bundle);
        try (OutputStream data = new BundleOutput(files, parts.file(BundleFiles.DATA))) {
            for (Manifest.Step step : manifest.steps()) {
                keep(step, data);
            }
        }
        byte[] newControlFile = Files.readAllBytes(area.newControlFile());
        files.write(parts.file(BundleFiles.UNDO), ManifestText.format(undo(manifest, newControlFile)));
        files.write(parts.file(BundleFiles.REWOUND), ManifestText.format(manifest));
        files.write(parts.file(BundleFiles.CONTROL_FILE), Files.readAllBytes(area.controlFile()));
        files.syncDirectory(bundle);
        files.syncDirectory(requireNonNull(bundle.toRealPath().getParent()));
        Path unfinished = parts.file(BundleFiles.INDEX + ".new");
        files.write(unfinished, parts.index(target));
        files.move(unfinished, parts.file(BundleFiles.INDEX));
        files.syncDirectory(bundle);
    }

    private Manifest undo(Manifest rewind, byte[] newControlFile) throws IOException {
        Comparator<Manifest.Step> byPath = Comparator.comparing(Manifest.Step::path);
        creations.sort(byPath);
        removals.sort(byPath.reversed());
        // Rights of a directory can forbid what is to be done in it.
        attributes.sort(byPath.reversed());
        List<Manifest.Step> steps = new ArrayList<>(creations);
        steps.addAll(contents);
        steps.addAll(removals);
        steps.addAll(attributes);
        return new Manifest(
                Manifest.fingerprint(newControlFile),
                new Manifest.ReplayPoints(
                        null, rewind.points().redo(), rewind.points().end()),
                new CopiedBytes(0, 0, 0, 0, bytes),
                List.of(""),
                steps,
                new RestoredBackup("the state before a rewind", attributes(target.toRealPath()), "undo"));
    }

    private void keep(Manifest.Step step, OutputStream data) throws IOException {
        if (step.path().equals(PostmasterPid.PATH)) {
            // Ours at this time.
            return;
        }
        Optional<Path> found = found(step.path());
        if (step instanceof Manifest.Plain plain) {
            keep(plain.action(), found, data);
        } else if (found.isEmpty()) {
            removals.add(new Manifest.Plain(new RemoveFile(step.path())));
        } else if (step instanceof Manifest.Parts parts) {
            keepParts(parts, data);
        } else {
            keepWhole(step.path(), found.get(), data);
        }
    }

    private void keep(FileAction action, Optional<Path> found, OutputStream data) throws IOException {
        DataPath path = action.path();
        if (action instanceof RemoveFile && found.isPresent()) {
            if (Files.isSymbolicLink(found.get())) {
                String location = Files.readSymbolicLink(found.get()).toString();
                creations.add(new Manifest.Plain(new CreateTablespaceLink(path, location)));
            } else {
                keepWhole(path, found.get(), data);
            }
        } else if (action instanceof RemoveDirectory && found.isPresent()) {
            creations.add(new Manifest.Plain(new CreateDirectory(path)));
            attributes.add(attributesOf(path, found.get()));
        } else if (action instanceof CreateDirectory && found.isEmpty()) {
            removals.add(new Manifest.Plain(new RemoveDirectory(path)));
        } else if (action instanceof CreateTablespaceLink && found.isEmpty()) {
            removals.add(new Manifest.Plain(new RemoveFile(path)));
        } else if (action instanceof Truncate truncate && found.isPresent()) {
            keepParts(new Manifest.Parts(path, truncate.size(), "", List.of()), data);
        } else if (action instanceof FileAction.ClearPath || action instanceof SetAttributes) {
            throw new IllegalStateException("no step of a rewind: " + action);
        }
    }

    private Optional<Path> found(DataPath path) throws IOException {
        try {
            Path found = directory.resolve(path);
            return Files.exists(found, LinkOption.NOFOLLOW_LINKS) ? Optional.of(found) : Optional.empty();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        }
    }

    private void keepWhole(DataPath path, Path file, OutputStream data) throws IOException {
        try (FileChannel channel = directory.open(path)) {
            long size = channel.size();
            int crc = copy(channel, 0, size, data);
            contents.add(new Manifest.WholeFile(path, size, crc, "", Integer.toString(names++)));
        }
        contents.add(attributesOf(path, file));
    }

    private void keepParts(Manifest.Parts parts, OutputStream data) throws IOException {
        try (FileChannel channel = directory.open(parts.path())) {
            long size = channel.size();
            RangeSet<Long> changed = TreeRangeSet.create();
            for (Manifest.Piece piece : parts.pieces()) {
                changed.add(Range.closedOpen(piece.offset(), piece.offset() + piece.length()));
            }
            changed.add(Range.closedOpen(Math.min(parts.finalSize(), size), size));
            List<Manifest.Piece> pieces = new ArrayList<>();
            for (Range<Long> range :
                    changed.subRangeSet(Range.closedOpen(0L, size)).asRanges()) {
                long offset = range.lowerEndpoint();
                long length = range.upperEndpoint() - offset;
                pieces.add(new Manifest.Piece(offset, length, copy(channel, offset, length, data), staged));
                staged += length;
            }
            contents.add(new Manifest.Parts(parts.path(), size, "", pieces));
        }
    }

    private int copy(FileChannel from, long offset, long length, OutputStream to) throws IOException {
        CRC32C crc = new CRC32C();
        for (long done = 0; done < length; ) {
            buffer.clear().limit((int) Math.min(BUFFER, length - done));
            int read = from.read(buffer, offset + done);
            if (read < 0) {
                throw new EOFException("a file of the target became shorter while it was kept");
            }
            crc.update(buffer.array(), 0, read);
            to.write(buffer.array(), 0, read);
            done += read;
        }
        bytes += length;
        return (int) crc.getValue();
    }

    private static Manifest.Step attributesOf(DataPath path, Path file) throws IOException {
        return new Manifest.Plain(new SetAttributes(path, attributes(file), Optional.empty()));
    }

    private static BackupEntry.Attributes attributes(Path file) throws IOException {
        PosixFileAttributes found = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        int mode = (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & MODE_BITS;
        return new BackupEntry.Attributes(
                mode,
                Optional.of(found.owner().getName()),
                Optional.of(found.group().getName()));
    }
}
