package org.pgrewind4j.wal.record;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.framing.RecordContent;

/**
 * A block that a WAL record changes, and what the record brings for it (PostgreSQL:
 * {@code src/include/access/xlogrecord.h}, {@code XLogRecordBlockHeader}).
 */
public final class BlockReference {

    private final int id;
    private final RelFileLocator relation;
    private final ForkName fork;
    private final int block;
    private final int flags;
    private final ByteBuffer data;
    private final @Nullable BlockImage image;

    BlockReference(
            int id,
            RelFileLocator relation,
            ForkName fork,
            int block,
            int flags,
            ByteBuffer data,
            @Nullable BlockImage image) {
        this.id = id;
        this.relation = relation;
        this.fork = fork;
        this.block = block;
        this.flags = flags;
        this.data = data;
        this.image = image;
    }

    /**
     * The number by which the record's resource manager knows the block.
     *
     * @return from 0 to 32, ascending within a record, not always without gaps
     */
    public int id() {
        return id;
    }

    /**
     * The relation that the block belongs to.
     *
     * @return where its files lie
     */
    public RelFileLocator relation() {
        return relation;
    }

    /**
     * The fork that the block belongs to.
     *
     * @return one of the relation's forks
     */
    public ForkName fork() {
        return fork;
    }

    /**
     * The block's number within the fork.
     *
     * @return from 0 to 4294967295
     */
    public long block() {
        return Integer.toUnsignedLong(block);
    }

    /**
     * Whether replay builds the page from scratch, whatever it was before.
     *
     * @return true if the flag {@code BKPBLOCK_WILL_INIT} is set
     */
    public boolean willInit() {
        return (flags & RecordContent.WILL_INIT) != 0;
    }

    /**
     * The image of the whole page, if the record brings one.
     *
     * @return the image, or empty
     */
    public Optional<BlockImage> image() {
        return Optional.ofNullable(image);
    }

    /**
     * What the resource manager brings for this block beside the image.
     *
     * @return a new read-only view, little-endian, empty if there is nothing
     */
    public ByteBuffer data() {
        return WalRecord.view(data);
    }

    /** Prints as {@code pg_waldump --bkp-details} does: {@code blkref #0: rel 1663/5/1259 fork main blk 7}. */
    @Override
    public String toString() {
        return "blkref #" + id + ": rel " + relation + " fork " + fork + " blk " + block()
                + (image == null ? "" : " " + image);
    }
}
