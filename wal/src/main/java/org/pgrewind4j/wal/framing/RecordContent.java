package org.pgrewind4j.wal.framing;

import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.WalCorruptException;

/**
 * What follows a record's header: which blocks it changes, and where their images and data and the main data are. One
 * object decodes record after record into its arrays; nothing is allocated.
 *
 * <pre>
 * content     = { item } , { image , data } , [ main data ]     images and data in the order of their block headers
 * item        = block | origin | top-level xid | main           a main item is the last
 * block       = id:1 (0 to 32) , fork and flags:1 , data length:2 ,
 *               [ image length:2 , hole offset:2 , image info:1 , [ hole length:2 ] ] ,     if it has an image
 *               [ tablespace:4 , database:4 , relation:4 ] ,                                 unless as before
 *               block number:4
 * origin      = 253:1 , origin:2
 * top-level   = 252:1 , xid:4                                   from 14 on
 * main        = 255:1 , length:1  |  254:1 , length:4
 * </pre>
 *
 * <p>The hole's length is there if the image is compressed and has a hole; an image that is not compressed lacks just
 * its hole. PostgreSQL: {@code src/include/access/xlogrecord.h}; {@code src/backend/access/transam/xlogreader.c},
 * {@code DecodeXLogRecord}.
 */
public final class RecordContent {

    /** The size of a page of a relation in bytes. */
    public static final int BLOCK_SIZE = 8192;

    /** Redo builds the page from scratch: {@code BKPBLOCK_WILL_INIT}. */
    public static final int WILL_INIT = 0x40;

    private static final int RECORD_HEADER = 24;

    private static final int MAX_BLOCK_ID = 32;
    private static final int ORIGIN = 253;
    private static final int LONG_MAIN_DATA = 254;
    private static final int SHORT_MAIN_DATA = 255;

    private static final int FORK_MASK = 0x0F;
    private static final int MAX_FORK = 3;
    private static final int HAS_IMAGE = 0x10;
    private static final int HAS_DATA = 0x20;
    private static final int SAME_RELATION = 0x80;

    private final WalLayout layout;

    private int count;
    private final int[] id = new int[MAX_BLOCK_ID + 1];
    private final int[] flags = new int[MAX_BLOCK_ID + 1];
    private final int[] tablespace = new int[MAX_BLOCK_ID + 1];
    private final int[] database = new int[MAX_BLOCK_ID + 1];
    private final int[] relation = new int[MAX_BLOCK_ID + 1];
    private final int[] block = new int[MAX_BLOCK_ID + 1];
    private final int[] imageInfo = new int[MAX_BLOCK_ID + 1];
    private final int[] imageOffset = new int[MAX_BLOCK_ID + 1];
    private final int[] imageLength = new int[MAX_BLOCK_ID + 1];
    private final int[] holeOffset = new int[MAX_BLOCK_ID + 1];
    private final int[] holeLength = new int[MAX_BLOCK_ID + 1];
    private final int[] dataOffset = new int[MAX_BLOCK_ID + 1];
    private final int[] dataLength = new int[MAX_BLOCK_ID + 1];
    private int mainDataOffset;
    private int mainDataLength;
    private int origin;
    private int topLevelXid;

    /** While decoding: the next header's byte, and the headers' end as far as is known. */
    private byte[] bytes = {};

    private int at;
    private long headersEnd;
    private long recordBegin;

    RecordContent(WalLayout layout) {
        this.layout = layout;
    }

    /**
     * Decodes a record whose CRC is good.
     *
     * @param record holds the record
     * @param offset of its header within {@code record}
     * @param length of the record in bytes, with its header
     * @param begin its position, for messages
     */
    void decode(byte[] record, int offset, int length, long begin) {
        bytes = record;
        at = offset + RECORD_HEADER;
        headersEnd = offset + (long) length;
        recordBegin = begin;
        count = 0;
        mainDataLength = 0;
        origin = 0;
        topLevelXid = 0;
        boolean isLast = false;
        while (!isLast && at < headersEnd) {
            isLast = decodeItem(LittleEndian.uint8(bytes, take(1)));
        }
        if (at != headersEnd) {
            throw invalidLength();
        }
        locate();
    }

    /** Whether this was the main data's item, the last. */
    private boolean decodeItem(int item) {
        if (item <= MAX_BLOCK_ID) {
            decodeBlock(item);
        } else if (item == SHORT_MAIN_DATA) {
            mainDataLength = reserve(LittleEndian.uint8(bytes, take(1)));
            return true;
        } else if (item == LONG_MAIN_DATA) {
            mainDataLength = reserve(LittleEndian.uint32(bytes, take(4)));
            return true;
        } else if (item == ORIGIN) {
            origin = LittleEndian.uint16(bytes, take(2));
        } else if (item == layout.topLevelXidBlockId()) {
            topLevelXid = LittleEndian.int32(bytes, take(4));
        } else {
            throw corrupt("invalid block_id " + item);
        }
        return false;
    }

    private void decodeBlock(int blockId) {
        int i = count;
        if (i > 0 && blockId <= id[i - 1]) {
            throw corrupt("out-of-order block_id " + blockId);
        }
        id[i] = blockId;
        flags[i] = LittleEndian.uint8(bytes, take(1));
        if (fork(i) > MAX_FORK) {
            throw corrupt("invalid fork number " + fork(i));
        }
        dataLength[i] = reserve(LittleEndian.uint16(bytes, take(2)));
        if ((flags[i] & HAS_DATA) != 0 && dataLength[i] == 0) {
            throw corrupt("BKPBLOCK_HAS_DATA set, but no data included");
        }
        if ((flags[i] & HAS_DATA) == 0 && dataLength[i] != 0) {
            throw corrupt("BKPBLOCK_HAS_DATA not set, but data length is " + dataLength[i]);
        }
        if (hasImage(i)) {
            decodeImage(i);
        }
        if ((flags[i] & SAME_RELATION) == 0) {
            int locator = take(12);
            tablespace[i] = LittleEndian.int32(bytes, locator);
            database[i] = LittleEndian.int32(bytes, locator + 4);
            relation[i] = LittleEndian.int32(bytes, locator + 8);
        } else if (i > 0) {
            tablespace[i] = tablespace[i - 1];
            database[i] = database[i - 1];
            relation[i] = relation[i - 1];
        } else {
            throw corrupt("BKPBLOCK_SAME_REL set but no previous rel");
        }
        block[i] = LittleEndian.int32(bytes, take(4));
        count++;
    }

    private void decodeImage(int i) {
        imageLength[i] = reserve(LittleEndian.uint16(bytes, take(2)));
        holeOffset[i] = LittleEndian.uint16(bytes, take(2));
        imageInfo[i] = LittleEndian.uint8(bytes, take(1));
        boolean hasHole = (imageInfo[i] & WalLayout.IMAGE_HAS_HOLE) != 0;
        boolean isCompressed = layout.isCompressed(imageInfo[i]);
        if (!isCompressed) {
            holeLength[i] = BLOCK_SIZE - imageLength[i];
        } else {
            holeLength[i] = hasHole ? LittleEndian.uint16(bytes, take(2)) : 0;
        }
        if (hasHole ? holeOffset[i] == 0 || holeLength[i] <= 0 : holeOffset[i] != 0 || holeLength[i] != 0) {
            throw corrupt("BKPIMAGE_HAS_HOLE " + (hasHole ? "" : "not ") + "set, but hole offset " + holeOffset[i]
                    + " length " + holeLength[i] + " block image length " + imageLength[i]);
        }
        if (isCompressed && imageLength[i] >= BLOCK_SIZE) {
            throw corrupt("BKPIMAGE_COMPRESSED set, but block image length " + imageLength[i]);
        }
    }

    /** The offset of the next bytes of the headers. */
    private int take(int length) {
        if (length > headersEnd - at) {
            throw invalidLength();
        }
        at += length;
        return at - length;
    }

    /** Sets bytes aside for what follows the headers. */
    private int reserve(long length) {
        headersEnd -= length;
        if (headersEnd < at) {
            throw invalidLength();
        }
        return (int) length;
    }

    /** Gives everything its place behind the headers. */
    private void locate() {
        int next = at;
        for (int i = 0; i < count; i++) {
            if (hasImage(i)) {
                imageOffset[i] = next;
                next += imageLength[i];
            }
            dataOffset[i] = next;
            next += dataLength[i];
        }
        mainDataOffset = next;
    }

    private WalCorruptException invalidLength() {
        return corrupt("record with invalid length");
    }

    private WalCorruptException corrupt(String detail) {
        return new WalCorruptException(new Lsn(recordBegin), detail);
    }

    /** How many blocks the record names; the methods below take an index from 0 to this, exclusive. */
    public int blockCount() {
        return count;
    }

    /** The number by which the resource manager knows the block: ascending, perhaps with gaps. */
    public int id(int index) {
        return id[index];
    }

    /** An OID, unsigned. */
    public int tablespace(int index) {
        return tablespace[index];
    }

    /** An OID, unsigned. */
    public int database(int index) {
        return database[index];
    }

    /** A relation's file number, unsigned. */
    public int relation(int index) {
        return relation[index];
    }

    /** The {@link ForkName}'s number, from 0 to 3. */
    public int fork(int index) {
        return flags[index] & FORK_MASK;
    }

    /** The block's number within the fork, unsigned. */
    public int block(int index) {
        return block[index];
    }

    /** Fork and flags as they are in the record. */
    public int flags(int index) {
        return flags[index];
    }

    public boolean willInit(int index) {
        return (flags[index] & WILL_INIT) != 0;
    }

    public boolean hasImage(int index) {
        return (flags[index] & HAS_IMAGE) != 0;
    }

    /** Whether the record brings an image that replay writes over the page. */
    public boolean hasAppliedImage(int index) {
        return hasImage(index) && layout.isApplied(imageInfo[index]);
    }

    /** If it {@link #hasImage}. */
    public int imageInfo(int index) {
        return imageInfo[index];
    }

    /** If it {@link #hasImage}. */
    public int imageOffset(int index) {
        return imageOffset[index];
    }

    /** If it {@link #hasImage}: in bytes, as it lies in the record. */
    public int imageLength(int index) {
        return imageLength[index];
    }

    /** If it {@link #hasImage}. */
    public int holeOffset(int index) {
        return holeOffset[index];
    }

    /** If it {@link #hasImage}. */
    public int holeLength(int index) {
        return holeLength[index];
    }

    public int dataOffset(int index) {
        return dataOffset[index];
    }

    /** 0 if there is no data. */
    public int dataLength(int index) {
        return dataLength[index];
    }

    public int mainDataOffset() {
        return mainDataOffset;
    }

    /** 0 if there is no main data. */
    public int mainDataLength() {
        return mainDataLength;
    }

    /** The replication origin, 0 if there is none. */
    public int origin() {
        return origin;
    }

    /** The top-level transaction, 0 if the record does not tell it. */
    public int topLevelXid() {
        return topLevelXid;
    }
}
