package org.pgrewind4j.wal.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.UnsupportedVersionException;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.framing.WalPages;

/**
 * What a WAL segment says about itself in its first bytes: enough to read it without knowing where it comes from, or to
 * see that it is not the segment that its name says (PostgreSQL: {@code src/include/access/xlog_internal.h},
 * {@code XLogLongPageHeaderData}).
 *
 * @param version the release that wrote it
 * @param timeline the timeline of its first page, which can be a parent of the one that its name says
 * @param begin the position of its first byte
 * @param systemIdentifier the cluster's, as in its control file
 * @param segmentSize in bytes
 */
public record WalSegmentHeader(
        PostgresVersion version, TimelineId timeline, Lsn begin, long systemIdentifier, int segmentSize) {

    private static final int IS_LONG = 0x02;

    /**
     * Reads a segment's header.
     *
     * @param segment read from its first byte on
     * @return the header, or empty if nothing was written there yet or it contradicts itself
     * @throws UnsupportedVersionException if it was written by a release that the library does not know
     * @throws IOException if the segment cannot be read
     */
    public static Optional<WalSegmentHeader> read(WalSegment segment) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(WalPages.LONG_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        while (header.hasRemaining()) {
            if (segment.read(header, header.position()) < 0) {
                return Optional.empty();
            }
        }
        int magic = Short.toUnsignedInt(header.getShort(0));
        return magic == 0 ? Optional.empty() : parse(header, PostgresVersion.ofWalPage(magic));
    }

    private static Optional<WalSegmentHeader> parse(ByteBuffer header, PostgresVersion version) {
        int timeline = header.getInt(4);
        Lsn begin = new Lsn(header.getLong(8));
        int segmentSize = header.getInt(32);
        boolean isConsistent = (header.getShort(2) & IS_LONG) != 0
                && timeline != 0
                && WalSegmentName.isSegmentSize(segmentSize)
                && (begin.value() & (segmentSize - 1)) == 0
                && header.getInt(36) == WalPages.PAGE_SIZE;
        return isConsistent
                ? Optional.of(new WalSegmentHeader(
                        version, TimelineId.ofBits(timeline), begin, header.getLong(24), segmentSize))
                : Optional.empty();
    }
}
