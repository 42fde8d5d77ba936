package org.pgrewind4j.wal.record;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.control.MalformedCheckPointException;

/**
 * One WAL record whose CRC is good. Immutable; it holds a copy of its bytes.
 *
 * <p>A record begins with a header of 24 bytes (PostgreSQL: {@code src/include/access/xlogrecord.h},
 * {@code XLogRecord}):
 *
 * <table>
 * <caption>The header, little-endian</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th><th>here</th></tr>
 * <tr><td>0</td><td>4</td><td>{@code xl_tot_len}</td><td>{@link #totalLength}</td></tr>
 * <tr><td>4</td><td>4</td><td>{@code xl_xid}</td><td>{@link #xid}</td></tr>
 * <tr><td>8</td><td>8</td><td>{@code xl_prev}</td><td>{@link #previous}</td></tr>
 * <tr><td>16</td><td>1</td><td>{@code xl_info}</td><td>{@link #info}</td></tr>
 * <tr><td>17</td><td>1</td><td>{@code xl_rmid}</td><td>{@link #resourceManager}</td></tr>
 * <tr><td>18</td><td>2</td><td>unused</td><td></td></tr>
 * <tr><td>20</td><td>4</td><td>{@code xl_crc}</td><td>{@link #crc}</td></tr>
 * </table>
 *
 * <p>Then follow the headers of the block references and of the main data, then images and data of the blocks, then the
 * main data, without padding.
 */
public final class WalRecord {

    private final WalRecordHeader header;
    private final PostgresVersion version;
    private final TimelineId timeline;
    private final List<BlockReference> blocks;
    private final ByteBuffer mainData;

    WalRecord(
            WalRecordHeader header,
            PostgresVersion version,
            TimelineId timeline,
            List<BlockReference> blocks,
            ByteBuffer mainData) {
        this.header = header;
        this.version = version;
        this.timeline = timeline;
        this.blocks = List.copyOf(blocks);
        this.mainData = mainData;
    }

    /**
     * Where the record begins.
     *
     * @return the position of its header, a multiple of 8
     */
    public Lsn begin() {
        return header.begin();
    }

    /**
     * Where the next record can begin: the record's end, filled up to a multiple of 8; after a switch record the start
     * of the next segment. If that is the start of a page, the next record begins behind the page's header.
     *
     * @return the position behind the record
     */
    public Lsn end() {
        return header.end();
    }

    /**
     * Where the record before this one begins.
     *
     * @return {@code xl_prev}
     */
    public Lsn previous() {
        return header.previous();
    }

    /**
     * The release that wrote the record.
     *
     * @return as the reader was told
     */
    public PostgresVersion version() {
        return version;
    }

    /**
     * The timeline that the record belongs to, by the history that it was read with.
     *
     * @return the timeline at {@link #begin}
     */
    public TimelineId timeline() {
        return timeline;
    }

    /**
     * The transaction that wrote the record.
     *
     * @return an unsigned 32-bit number, 0 if no transaction did
     */
    public long xid() {
        return Integer.toUnsignedLong(header.xid());
    }

    /**
     * Who wrote the record and can replay it.
     *
     * @return the resource manager
     */
    public ResourceManager resourceManager() {
        return header.resourceManager();
    }

    /**
     * Flags; the upper four bits are the resource manager's own and say what kind of record this is.
     *
     * @return {@code xl_info}, from 0 to 255
     */
    public int info() {
        return header.info();
    }

    /**
     * What kind of record this is.
     *
     * @return as {@code pg_waldump} names it, such as {@code INSERT+INIT}; {@code UNKNOWN (c0)} if the release does not
     *     know it
     */
    public String typeName() {
        return resourceManager().typeName(info(), version);
    }

    /**
     * The size of the record in all.
     *
     * @return {@code xl_tot_len} in bytes, without the headers of the pages that it lies on
     */
    public int totalLength() {
        return header.totalLength();
    }

    /**
     * How much of the record are images of whole pages.
     *
     * @return the sum of the images' lengths in bytes
     */
    public int imageLength() {
        int length = 0;
        for (BlockReference block : blocks) {
            length += block.image().map(BlockImage::length).orElse(0);
        }
        return length;
    }

    /**
     * The record's checksum.
     *
     * @return {@code xl_crc}, a CRC-32C
     */
    public int crc() {
        return header.crc();
    }

    /**
     * Where the change came from, if it was replicated from elsewhere.
     *
     * @return the replication origin's number, or empty
     */
    public OptionalInt origin() {
        return header.origin() == 0 ? OptionalInt.empty() : OptionalInt.of(header.origin());
    }

    /**
     * The top-level transaction, if the record is the first that tells it for a subtransaction. From 14 on.
     *
     * @return an unsigned 32-bit number, or empty
     */
    public OptionalLong topLevelXid() {
        return header.topLevelXid() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(Integer.toUnsignedLong(header.topLevelXid()));
    }

    /**
     * The blocks that the record changes, as far as it names them.
     *
     * @return in ascending order of their ids; immutable
     */
    public List<BlockReference> blocks() {
        return blocks;
    }

    /**
     * What the resource manager says beside its blocks.
     *
     * @return a new read-only view, little-endian, empty if there is nothing
     */
    public ByteBuffer mainData() {
        return view(mainData);
    }

    /**
     * The checkpoint that the record stands for.
     *
     * @return the checkpoint, or empty if the record is another one
     * @throws WalCorruptException if the record is too short for a checkpoint, or names a redo start behind itself
     * @throws MalformedCheckPointException if it holds a value that no server writes
     */
    public Optional<CheckpointRecord> checkpoint() {
        return CheckpointRecord.isCheckpoint(resourceManager().id(), info())
                ? Optional.of(CheckpointRecord.parse(mainData(), info(), begin(), end(), version))
                : Optional.empty();
    }

    /**
     * The end of a transaction, or its preparation, that the record stands for.
     *
     * @return what it says, or empty if the record is another one
     * @throws WalCorruptException if the record is shorter or longer than what it announces
     */
    public Optional<TransactionRecord> transaction() {
        return resourceManager() == ResourceManager.TRANSACTION
                ? TransactionRecord.parse(mainData(), info(), xid(), header.origin(), begin(), version)
                : Optional.empty();
    }

    static ByteBuffer view(ByteBuffer bytes) {
        return bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Prints a line as {@code pg_waldump} does, up to and with the type's name, without blocks and description. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "rmgr: %-11s len (rec/tot): %6d/%6d, tx: %10d, lsn: %s, prev %s, desc: %s",
                resourceManager(),
                totalLength() - imageLength(),
                totalLength(),
                xid(),
                padded(begin()),
                padded(previous()),
                typeName());
    }

    private static String padded(Lsn position) {
        return String.format(Locale.ROOT, "%X/%08X", position.value() >>> 32, position.value() & 0xFFFF_FFFFL);
    }
}
