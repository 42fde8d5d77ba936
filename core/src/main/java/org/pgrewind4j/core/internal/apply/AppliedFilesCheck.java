package org.pgrewind4j.core.internal.apply;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.ClearPath;
import org.pgrewind4j.core.FileAction.CreateDirectory;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.SetAttributes;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.VerificationException;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.PageHeader;
import org.pgrewind4j.wal.RelationFile;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Holds a target's paths against the steps that were applied to it. The manifest has the CRC-32C of every part that was
 * written, so the source and what was staged are not needed for it.
 */
final class AppliedFilesCheck {

    private static final int BLOCKS_AT_ONCE = 128;

    private final DataDirectory directory;
    private final RelationGeometry geometry;
    private final boolean hasChecksums;
    private final ProgressCounter progress;
    private final ByteBuffer buffer;
    private long bytes;
    private long pages;
    private long pagesWithChecksum;

    private AppliedFilesCheck(Path target, ControlFile control, PageChecksums checksums, ProgressCounter progress) {
        this.directory = DataDirectory.of(target);
        this.geometry = RelationGeometry.of(control);
        this.hasChecksums = control.hasDataChecksums() && checksums == PageChecksums.VERIFIED;
        this.progress = progress;
        this.buffer = ByteBuffer.allocateDirect(geometry.blockSize() * BLOCKS_AT_ONCE);
    }

    private enum PageChecksums {
        VERIFIED,
        IGNORED
    }

    /** A backup's pages are its own, torn ones included: replay mends them. */
    static AppliedFilesCheck of(Path target, ControlFile control, Manifest manifest, ProgressCounter progress) {
        return new AppliedFilesCheck(
                target,
                control,
                manifest.restored() == null ? PageChecksums.VERIFIED : PageChecksums.IGNORED,
                progress);
    }

    long bytes() {
        return bytes;
    }

    long pages() {
        return pages;
    }

    long pagesWithChecksum() {
        return pagesWithChecksum;
    }

    /**
     * Looks at the path of each step.
     *
     * @throws VerificationException at the first one that is not as the step ought to have left it
     */
    void check(List<Manifest.Step> steps) throws IOException {
        for (Manifest.Step step : steps) {
            if (step instanceof Manifest.WholeFile file) {
                check(file.path(), file.size(), List.of(new Manifest.Piece(0, file.size(), file.crc(), 0)));
            } else if (step instanceof Manifest.Parts parts) {
                check(parts.path(), parts.finalSize(), parts.pieces());
            } else if (step instanceof Manifest.Plain plain) {
                check(plain.action());
            }
            progress.fileDone();
        }
    }

    private void check(DataPath path, long size, List<Manifest.Piece> pieces) throws IOException {
        RelationFile relation =
                geometry.file(path).filter(file -> file.fork() == ForkName.MAIN).orElse(null);
        try (FileChannel channel = open(path, size)) {
            for (Manifest.Piece piece : pieces) {
                // The source cut the file while it was read; what was fetched from behind the cut was cut here, too.
                if (piece.offset() + piece.length() <= size) {
                    check(path, channel, piece, relation);
                }
            }
        }
    }

    private FileChannel open(DataPath path, long size) throws IOException {
        FileChannel channel;
        try {
            channel = directory.open(path);
        } catch (NoSuchFileException e) {
            throw different(path, 0, "a file of " + size + " bytes", "nothing");
        }
        if (channel.size() != size) {
            try (channel) {
                long present = channel.size();
                throw different(path, Math.min(present, size), "a file of " + size + " bytes", present + " bytes");
            }
        }
        return channel;
    }

    private void check(DataPath path, FileChannel channel, Manifest.Piece piece, @Nullable RelationFile relation)
            throws IOException {
        CRC32C crc = new CRC32C();
        long end = piece.offset() + piece.length();
        for (long offset = piece.offset(); offset < end; offset += buffer.limit()) {
            read(path, channel, offset, (int) Math.min(buffer.capacity(), end - offset));
            crc.update(buffer.duplicate());
            if (relation != null) {
                checkPages(path, relation, offset);
            }
        }
        if ((int) crc.getValue() != piece.crc()) {
            throw different(
                    path,
                    piece.offset(),
                    piece.length() + String.format(Locale.ROOT, " bytes with CRC %08X", piece.crc()),
                    String.format(Locale.ROOT, "%08X", crc.getValue()));
        }
    }

    private void read(DataPath path, FileChannel channel, long offset, int length) throws IOException {
        buffer.clear().limit(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw different(path, offset, length + " bytes", "the end of the file");
            }
        }
        buffer.flip();
        bytes += length;
        progress.bytesDone(length);
    }

    private void checkPages(DataPath path, RelationFile relation, long offset) {
        int blockSize = geometry.blockSize();
        for (int at = 0; at + blockSize <= buffer.limit(); at += blockSize) {
            pages++;
            if (hasChecksums && !PageHeader.isNew(buffer, at, blockSize)) {
                long block = relation.firstBlock(geometry.segmentBlocks()) + (offset + at) / blockSize;
                if (!PageHeader.verify(buffer, at, blockSize, block)) {
                    throw different(
                            path,
                            offset + at,
                            "a page with a good checksum",
                            String.format(
                                    Locale.ROOT, "checksum %04X of block %d", PageHeader.checksum(buffer, at), block));
                }
                pagesWithChecksum++;
            }
        }
    }

    private void check(FileAction action) throws IOException {
        if (action instanceof Truncate truncate) {
            open(truncate.path(), truncate.size()).close();
        } else if (action instanceof CreateDirectory) {
            if (!Files.isDirectory(directory.resolve(action.path()), LinkOption.NOFOLLOW_LINKS)) {
                throw different(action.path(), 0, "a directory", "none");
            }
        } else if (action instanceof CreateTablespaceLink link) {
            checkLink(link, directory.resolve(link.path()));
        } else if (action instanceof ClearPath) {
            // What the path is to hold is a step of its own.
            directory.resolve(action.path());
        } else if (action instanceof SetAttributes set) {
            checkPermissions(set, directory.resolve(set.path()));
        } else if (action instanceof RemoveFile || action instanceof RemoveDirectory) {
            checkRemoved(action);
        } else {
            throw new IllegalStateException("nothing is known of what it leaves: " + action);
        }
    }

    private static void checkPermissions(SetAttributes set, Path path) throws IOException {
        int expected = set.attributes().mode() & 0777;
        int found = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0777;
        if (found != expected) {
            throw new VerificationException(
                    path, 0, "permissions " + Integer.toOctalString(expected), Integer.toOctalString(found));
        }
    }

    private static void checkLink(CreateTablespaceLink link, Path path) throws IOException {
        String found = Files.isSymbolicLink(path) ? "one to \"" + Files.readSymbolicLink(path) + "\"" : "none";
        String expected = "one to \"" + link.location() + "\"";
        if (!found.equals(expected)) {
            throw new VerificationException(path, 0, "a symbolic link, " + expected, found);
        }
    }

    /** A directory in which something is left that no listing names, such as a socket, stays as it is. */
    private void checkRemoved(FileAction action) throws IOException {
        Path path;
        try {
            path = directory.resolve(action.path());
        } catch (NoSuchFileException | NotDirectoryException e) {
            return;
        }
        boolean mayStay = action instanceof RemoveDirectory && !isEmptyDirectory(path);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !mayStay) {
            throw new VerificationException(path, 0, "nothing", "what was to be removed");
        }
    }

    private static boolean isEmptyDirectory(Path path) throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (var contents = Files.list(path)) {
            return contents.findAny().isEmpty();
        }
    }

    private VerificationException different(DataPath path, long offset, String expected, String found) {
        return new VerificationException(path.in(directory.root()), offset, expected, found);
    }
}
