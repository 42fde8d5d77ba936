package org.pgrewind4j.wal.record;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.framing.RecordContent;
import org.pgrewind4j.wal.framing.WalCursor;
import org.pgrewind4j.wal.framing.WalLayout;

/**
 * Reads WAL forwards, record by record, over segment boundaries and timeline switches, up to its end.
 *
 * <pre>{@code
 * try (WalReader reader = WalReader.open(source, version, segmentSize, history, start)) {
 *     for (Optional<WalRecord> record = reader.next(); record.isPresent(); record = reader.next()) {
 *         System.out.println(record.get());
 *     }
 *     System.out.println(reader.end());
 * }
 * }</pre>
 *
 * <p>Each record's CRC and its link to the record before are checked. What is not a valid record ends WAL, as it does
 * for the server's recovery; {@link #end} says why. A reader is for one thread.
 */
public final class WalReader implements Closeable {

    private final WalCursor cursor;
    private final PostgresVersion version;
    private final WalLayout layout;
    private final TimelineHistory history;
    private final Lsn start;
    private Lsn limit = Lsn.MAX;
    private boolean isPlaced;

    private WalReader(WalCursor cursor, PostgresVersion version, TimelineHistory history, Lsn start) {
        this.cursor = cursor;
        this.version = version;
        this.layout = WalLayout.of(version);
        this.history = history;
        this.start = start;
    }

    /**
     * Places a reader. Nothing is read before the first call of {@link #next}.
     *
     * @param source has the segments
     * @param version the release that wrote the WAL
     * @param segmentSize the cluster's WAL segment size in bytes, a power of two from 1 MB to 1 GB
     * @param history tells which timeline's segments hold a position; reading ends on its last timeline
     * @param start where to begin: the first record is the one that begins at this position, or the first one behind it
     * @return the reader, which the caller closes
     * @throws IllegalArgumentException if the segment size is none that PostgreSQL knows
     */
    public static WalReader open(
            WalSegmentSource source, PostgresVersion version, int segmentSize, TimelineHistory history, Lsn start) {
        return new WalReader(new WalCursor(source, version, segmentSize, history), version, history, start);
    }

    /**
     * Ends reading at a position instead of the end of WAL.
     *
     * @param end records that begin here or behind are not read
     * @return this reader
     * @throws IllegalStateException if reading has begun
     */
    public WalReader until(Lsn end) {
        if (isPlaced) {
            throw new IllegalStateException("reading has begun");
        }
        limit = end;
        return this;
    }

    /**
     * Reads the next record.
     *
     * @return the record, or empty at the end of WAL, then and ever after: {@link #end} says why
     * @throws IOException if the source has a segment and cannot read it
     * @throws WalCorruptException if a record's CRC is good and its content is not of the release's form
     */
    public Optional<WalRecord> next() throws IOException {
        if (!isPlaced) {
            isPlaced = true;
            cursor.seekFirst(start, limit);
        }
        return cursor.next() ? Optional.of(record()) : Optional.empty();
    }

    /**
     * Why and where reading ended.
     *
     * @return the end of WAL, or the limit
     * @throws IllegalStateException if {@link #next} has not come to the end yet
     */
    public EndOfWal end() {
        return cursor.endOfWal();
    }

    private WalRecord record() {
        RecordContent content = cursor.content();
        byte[] bytes = Arrays.copyOfRange(cursor.bytes(), cursor.offset(), cursor.offset() + cursor.totalLength());
        List<BlockReference> blocks = new ArrayList<>(content.blockCount());
        for (int i = 0; i < content.blockCount(); i++) {
            blocks.add(new BlockReference(
                    content.id(i),
                    new RelFileLocator(content.tablespace(i), content.database(i), content.relation(i)),
                    ForkName.ofNumber(content.fork(i)).orElseThrow(),
                    content.block(i),
                    content.flags(i),
                    part(bytes, content.dataOffset(i), content.dataLength(i)),
                    image(bytes, content, i)));
        }
        Lsn begin = new Lsn(cursor.begin());
        WalRecordHeader header = new WalRecordHeader(
                begin,
                new Lsn(cursor.end()),
                new Lsn(cursor.previous()),
                cursor.xid(),
                ResourceManager.of(cursor.resourceManager()),
                cursor.info(),
                cursor.totalLength(),
                cursor.crc(),
                content.origin(),
                content.topLevelXid());
        return new WalRecord(
                header,
                version,
                history.timelineAt(begin),
                blocks,
                part(bytes, content.mainDataOffset(), content.mainDataLength()));
    }

    private @Nullable BlockImage image(byte[] bytes, RecordContent content, int i) {
        return content.hasImage(i)
                ? new BlockImage(
                        layout,
                        content.imageInfo(i),
                        content.holeOffset(i),
                        content.holeLength(i),
                        part(bytes, content.imageOffset(i), content.imageLength(i)))
                : null;
    }

    /** The cursor's offsets count from the start of its buffer. */
    private ByteBuffer part(byte[] bytes, int offset, int length) {
        return ByteBuffer.wrap(bytes, offset - cursor.offset(), length).slice();
    }

    @Override
    public void close() throws IOException {
        cursor.close();
    }
}
