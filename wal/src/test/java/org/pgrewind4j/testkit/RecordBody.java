package org.pgrewind4j.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;

/**
 * What follows a record's header, put together from blocks and main data (PostgreSQL:
 * {@code src/backend/access/transam/xloginsert.c}, {@code XLogRecordAssemble}). Blocks are numbered as they are added; their
 * data are zeros.
 */
public final class RecordBody {

    private static final int HAS_IMAGE = 0x10;
    private static final int HAS_DATA = 0x20;
    private static final int WILL_INIT = 0x40;

    private final PostgresVersion version;
    private final ByteArrayOutputStream headers = new ByteArrayOutputStream();
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private int blocks;

    /** What a record does to a block. */
    public enum Change {
        /** Data only. */
        DATA,
        /** Replay starts from an empty page. */
        INIT,
        /** An image that replay writes over the page. */
        IMAGE,
        /** An image that is only there for checking; before 10 there is no such image. */
        CHECK
    }

    /**
     * Starts without blocks.
     *
     * @param version the release that the record is of
     */
    public RecordBody(PostgresVersion version) {
        this.version = version;
    }

    /**
     * Adds a block.
     *
     * @param relation the relation that it is of
     * @param fork the number of the relation's fork: 0 for the main one
     * @param block the block's number in the fork
     * @param change what the record does to it
     * @return this
     */
    public RecordBody block(RelFileLocator relation, int fork, int block, Change change) {
        boolean hasImage = change == Change.IMAGE || change == Change.CHECK;
        int flags = fork | (hasImage ? HAS_IMAGE : HAS_DATA) | (change == Change.INIT ? WILL_INIT : 0);
        byte[] headerBytes = new byte[25];
        ByteBuffer header = WalBuilder.littleEndian(headerBytes)
                .put((byte) blocks++)
                .put((byte) flags)
                .putShort((short) (hasImage ? 0 : 3));
        if (hasImage) {
            boolean isApplied = change == Change.IMAGE;
            int applyFlag = version.isAtLeast(PostgresVersion.V15) ? 0x02 : 0x04;
            header.putShort((short) 192).putShort((short) 100).put((byte) (0x01 | (isApplied ? applyFlag : 0)));
        }
        header.putInt(relation.tablespace())
                .putInt(relation.database())
                .putInt(relation.relation())
                .putInt(block);
        headers.write(headerBytes, 0, header.position());
        content.writeBytes(new byte[hasImage ? 192 : 3]);
        return this;
    }

    /**
     * Ends the body.
     *
     * @param main the record's main data
     * @return the body, for {@link WalBuilder#add(int, int, byte[])}
     */
    public byte[] withMainData(byte[] main) {
        byte[] body = new byte[headers.size() + 5 + content.size() + main.length];
        WalBuilder.littleEndian(body)
                .put(headers.toByteArray())
                .put((byte) 254)
                .putInt(main.length)
                .put(content.toByteArray())
                .put(main);
        return body;
    }
}
