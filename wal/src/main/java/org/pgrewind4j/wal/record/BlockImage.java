package org.pgrewind4j.wal.record;

import java.nio.ByteBuffer;
import java.util.Locale;
import org.pgrewind4j.wal.framing.RecordContent;
import org.pgrewind4j.wal.framing.WalLayout;

/**
 * A full-page image within a WAL record (PostgreSQL: {@code src/include/access/xlogrecord.h},
 * {@code XLogRecordBlockImageHeader}). The page's hole, the unused bytes between its line pointers and its rows, may be
 * left out, and what remains may be compressed.
 */
public final class BlockImage {

    /** How an image is compressed. */
    public enum Compression {
        /** Not at all. */
        NONE,
        /** PostgreSQL's own method. */
        PGLZ,
        /** LZ4, from 15 on. */
        LZ4,
        /** Zstandard, from 15 on. */
        ZSTD
    }

    private final WalLayout layout;
    private final int info;
    private final int holeOffset;
    private final int holeLength;
    private final ByteBuffer content;

    BlockImage(WalLayout layout, int info, int holeOffset, int holeLength, ByteBuffer content) {
        this.layout = layout;
        this.info = info;
        this.holeOffset = holeOffset;
        this.holeLength = holeLength;
        this.content = content;
    }

    /**
     * Whether replay writes this image over the page. From 10 on a record can carry images that are there for
     * {@code wal_consistency_checking} only.
     *
     * @return true if replay applies the image
     */
    public boolean isApplied() {
        return layout.isApplied(info);
    }

    /**
     * How the image is compressed.
     *
     * @return {@link Compression#NONE} if {@link #content} is the page but for its hole
     */
    public Compression compression() {
        if (!layout.isCompressed(info)) {
            return Compression.NONE;
        }
        if (layout.isPglz(info)) {
            return Compression.PGLZ;
        }
        return layout.isLz4(info) ? Compression.LZ4 : Compression.ZSTD;
    }

    /**
     * The size of the image within the record.
     *
     * @return in bytes, at most a page
     */
    public int length() {
        return content.remaining();
    }

    /**
     * Where the hole begins.
     *
     * @return offset in bytes within the page, 0 if there is no hole
     */
    public int holeOffset() {
        return holeOffset;
    }

    /**
     * The size of the hole.
     *
     * @return in bytes, 0 if there is no hole
     */
    public int holeLength() {
        return holeLength;
    }

    /**
     * The image as it lies in the record: without its hole, compressed.
     *
     * @return a new read-only view of {@link #length} bytes, little-endian
     */
    public ByteBuffer content() {
        return WalRecord.view(content);
    }

    /**
     * The page that the image stands for: decompressed, its hole filled with zeros, as replay puts it into a buffer
     * (PostgreSQL: {@code src/backend/access/transam/xlogreader.c}, {@code RestoreBlockImage}). Replay then sets the page's
     * LSN to the end of the record, and a checksum is computed when the page is written: neither is in the image.
     *
     * <p>LZ4 needs Apache Commons Compress at run time, Zstandard needs zstd-jni; both are optional dependencies.
     *
     * @return a new array of 8192 bytes
     * @throws BlockImageException if the image does not decompress to a page without its hole, or the library that
     *     decompresses it is not there
     */
    public byte[] restore() {
        int rest = RecordContent.BLOCK_SIZE - holeLength;
        if (holeOffset > rest) {
            throw BlockImageException.malformed("hole at " + holeOffset + " of " + holeLength + " bytes");
        }
        byte[] stored = new byte[length()];
        content().get(stored);
        byte[] without = switch (compression()) {
            case NONE -> stored;
            case PGLZ -> PglzImage.decompress(stored, rest);
            case LZ4 -> LibraryImage.lz4(stored, rest);
            case ZSTD -> LibraryImage.zstd(stored, rest);
        };
        if (without.length != rest) {
            throw BlockImageException.malformed("expected " + rest + " bytes, found " + without.length);
        }
        byte[] page = new byte[RecordContent.BLOCK_SIZE];
        System.arraycopy(without, 0, page, 0, holeOffset);
        System.arraycopy(without, holeOffset, page, holeOffset + holeLength, rest - holeOffset);
        return page;
    }

    /** Prints as {@code pg_waldump --bkp-details} does: {@code (FPW); hole: offset: 96, length: 64}. */
    @Override
    public String toString() {
        String text = "(FPW" + (isApplied() ? "" : " for WAL verification") + "); hole: offset: " + holeOffset
                + ", length: " + holeLength;
        if (compression() == Compression.NONE) {
            return text;
        }
        int saved = RecordContent.BLOCK_SIZE - holeLength - length();
        return text + ", compression saved: " + saved + ", method: "
                + compression().name().toLowerCase(Locale.ROOT);
    }
}
