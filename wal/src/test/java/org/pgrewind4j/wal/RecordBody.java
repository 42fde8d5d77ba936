package org.pgrewind4j.wal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.pgrewind4j.wal.framing.RecordContent;

/** What follows a record's header, put together from blocks and main data by the rules of {@link RecordContent}. */
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
        /** The page is re-created. */
        INIT,
        /** An image that replay writes over the page. */
        IMAGE,
        /** An image that is only there for checking; before 10 there is no such image. */
        CHECK
    }

    public RecordBody(PostgresVersion version) {
        this.version = version;
    }

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
