package org.pgrewind4j.core.internal.apply;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.OwnNames;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.local.DataDirectory;

/** Proves that staged data, and what is in place already, is what was sealed, before the target is changed any further. */
final class SealedDataCheck {

    private static final int BUFFER = 1 << 20;

    private final DataDirectory target;
    private final StagingArea area;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

    SealedDataCheck(Path target, StagingArea area) {
        this.target = DataDirectory.of(target);
        this.area = area;
    }

    /**
     * Reads all staged data that is still there, and all that was written in place before the seal.
     *
     * @throws PgRewindException if any of it is not what was sealed
     */
    void check(Manifest manifest) throws IOException {
        for (Manifest.Step step : manifest.steps()) {
            if (step instanceof Manifest.WholeFile file) {
                Path staged = area.in(file.place(), file.name());
                if (Files.exists(staged)) {
                    requireContent(staged, file.size(), file.crc());
                }
            } else if (step instanceof Manifest.Parts parts) {
                check(parts);
            }
        }
    }

    private void check(Manifest.Parts parts) throws IOException {
        if (!parts.staged().isEmpty()) {
            Path blocks = area.in(parts.place(), StagingArea.BLOCKS);
            try (FileChannel channel = FileChannel.open(blocks, StandardOpenOption.READ)) {
                for (Manifest.Piece piece : parts.staged()) {
                    requireContent(blocks, channel, piece.staged(), piece);
                }
            }
        }
        if (parts.staged().size() < parts.pieces().size()) {
            Path file = target.resolve(parts.path());
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                for (Manifest.Piece piece : parts.pieces()) {
                    // What lies behind the final size may be cut off already.
                    if (piece.isInPlace() && piece.offset() + piece.length() <= parts.finalSize()) {
                        requireContent(file, channel, piece.offset(), piece);
                    }
                }
            }
        }
    }

    private void requireContent(Path file, FileChannel channel, long position, Manifest.Piece piece)
            throws IOException {
        int found = crc(channel, position, piece.length(), buffer);
        if (found != piece.crc()) {
            throw damaged(
                    file,
                    String.format(Locale.ROOT, "CRC %08X at byte %d", piece.crc(), position),
                    String.format(Locale.ROOT, "%08X", found));
        }
    }

    static void requireContent(Path file, long size, int crc) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() != size) {
                throw damaged(file, size + " bytes", channel.size() + " bytes");
            }
            int found = crc(channel, 0, size, ByteBuffer.allocate(64 * 1024));
            if (found != crc) {
                throw damaged(
                        file, String.format(Locale.ROOT, "CRC %08X", crc), String.format(Locale.ROOT, "%08X", found));
            }
        }
    }

    /** CRC-32C of a part of a file; of what there is, if the file is shorter. */
    static int crc(FileChannel channel, long position, long length, ByteBuffer buffer) throws IOException {
        CRC32C crc = new CRC32C();
        for (long done = 0; done < length; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
            int read = channel.read(buffer, position + done);
            if (read < 0) {
                break;
            }
            crc.update(buffer.flip());
            done += read;
        }
        return (int) crc.getValue();
    }

    private static PgRewindException damaged(Path file, String expected, String found) {
        return new ProblemException(new Problem(
                Problem.Kind.STAGING_DAMAGED,
                Side.TARGET,
                file.toString(),
                "staged data is damaged: \"" + file + "\": expected " + expected + ", found " + found,
                "if no server starts on the target, restore it from a backup of the new primary; else remove \""
                        + OwnNames.STAGING + "\" from it and rewind again."));
    }
}
