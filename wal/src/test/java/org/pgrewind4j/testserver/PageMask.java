package org.pgrewind4j.testserver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Blanks what may differ between a page and the page that replay of its WAL makes, so that the rest can be compared
 * (PostgreSQL 18: {@code src/backend/access/common/bufmask.c} and the {@code rm_mask} routine of each resource manager,
 * which serve {@code wal_consistency_checking}). Where those blank more than they must, this keeps more: of a heap
 * tuple's flags only the hint bits go.
 *
 * <p>The kind of a page is given by its special space:
 *
 * <table>
 * <caption>Special spaces</caption>
 * <tr><th>size</th><th>told by</th><th>kind</th></tr>
 * <tr><td>0</td><td></td><td>heap</td></tr>
 * <tr><td>8</td><td>first four bytes 0x1717, block 0</td><td>sequence</td></tr>
 * <tr><td>8</td><td>last two bytes 0xFF82</td><td>SP-GiST</td></tr>
 * <tr><td>8</td><td>last two bytes 0xF091 to 0xF093</td><td>BRIN meta, range map, regular</td></tr>
 * <tr><td>8</td><td>last two bytes 0xFF83</td><td>bloom</td></tr>
 * <tr><td>8</td><td>otherwise</td><td>GIN</td></tr>
 * <tr><td>16</td><td>last two bytes 0xFF80</td><td>hash</td></tr>
 * <tr><td>16</td><td>last two bytes 0xFF81</td><td>GiST</td></tr>
 * <tr><td>16</td><td>otherwise (a vacuum's cycle)</td><td>btree</td></tr>
 * </table>
 */
final class PageMask {

    static final int PAGE_SIZE = 8192;

    private static final int HEADER_SIZE = 24;
    private static final int FLAGS = 10;
    private static final int LOWER = 12;
    private static final int UPPER = 14;
    private static final int SPECIAL = 16;
    private static final int PRUNE_XID = 20;
    private static final int HINT_FLAGS = 0x7;

    private static final int ITEM_NORMAL = 1;
    private static final int TUPLE_COMMAND_ID = 8;
    private static final int TUPLE_CTID = 12;
    private static final int TUPLE_INFOMASK = 20;
    private static final int TUPLE_HEADER_SIZE = 23;
    private static final int XMIN_FROZEN = 0x0300;
    private static final int XMAX_HINTS = 0x0C00;
    private static final int COMBO_COMMAND_ID = 0x0020;
    private static final int SPECULATIVE = 0xFFFE;

    private static final int SEQUENCE_MAGIC = 0x1717;
    private static final int HASH_ID = 0xFF80;
    private static final int GIST_ID = 0xFF81;
    private static final int SPGIST_ID = 0xFF82;
    private static final int BRIN_META = 0xF091;
    private static final int BRIN_RANGE_MAP = 0xF092;
    private static final int BRIN_REGULAR = 0xF093;

    private final ServerRelease release;

    PageMask(ServerRelease release) {
        this.release = release;
    }

    /** Whether the page's content follows from WAL at all: before 10 that of a hash index does not. */
    boolean isLogged(byte[] bytes) {
        ByteBuffer page = view(bytes);
        int special = unsigned(page, SPECIAL);
        return release.isAtLeast(10) || special != PAGE_SIZE - 16 || unsigned(page, PAGE_SIZE - 2) != HASH_ID;
    }

    /** Blanks in place. A page of zeros stays one. */
    void apply(byte[] bytes, long block) {
        ByteBuffer page = view(bytes);
        if (unsigned(page, UPPER) == 0) {
            return;
        }
        if (isEmptyHeapPage(page)) {
            // A bulk extension up to 11 makes such pages without a record (src/backend/access/heap/hio.c,
            // RelationAddExtraBlocks), so a page of zeros is worth the same.
            Arrays.fill(bytes, (byte) 0);
            return;
        }
        page.putLong(0, 0);
        page.putShort(8, (short) 0);
        int special = unsigned(page, SPECIAL);
        switch (PAGE_SIZE - special) {
            case 0 -> heap(page);
            case 8 -> small(page, special, block);
            case 16 -> index(page, special);
            default -> unusedSpace(page);
        }
    }

    private static boolean isEmptyHeapPage(ByteBuffer page) {
        return unsigned(page, LOWER) == HEADER_SIZE
                && unsigned(page, UPPER) == PAGE_SIZE
                && unsigned(page, SPECIAL) == PAGE_SIZE;
    }

    private static ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void heap(ByteBuffer page) {
        hints(page);
        unusedSpace(page);
        for (int item = HEADER_SIZE; item + 4 <= unsigned(page, LOWER); item += 4) {
            int pointer = page.getInt(item);
            int offset = pointer & 0x7FFF;
            int length = pointer >>> 17;
            if ((pointer >>> 15 & 3) == ITEM_NORMAL
                    && length >= TUPLE_HEADER_SIZE
                    && offset + length <= page.capacity()) {
                tuple(page, offset);
            }
            if (length > 0 && offset + length <= page.capacity()) {
                // Up to the next multiple of eight: nobody writes there.
                fill(page, offset + length, Math.min(PAGE_SIZE, (offset + length + 7) & ~7));
            }
        }
    }

    private static void tuple(ByteBuffer page, int tuple) {
        int mask = unsigned(page, tuple + TUPLE_INFOMASK);
        // Only a vacuum sets both bits for the inserter, and logs it; one of them alone is a hint.
        int hints = XMAX_HINTS | COMBO_COMMAND_ID | ((mask & XMIN_FROZEN) == XMIN_FROZEN ? 0 : XMIN_FROZEN);
        page.putShort(tuple + TUPLE_INFOMASK, (short) (mask & ~hints));
        // Replay knows of no command ids.
        page.putInt(tuple + TUPLE_COMMAND_ID, 0);
        if (unsigned(page, tuple + TUPLE_CTID + 4) == SPECULATIVE) {
            fill(page, tuple + TUPLE_CTID, tuple + TUPLE_CTID + 6);
        }
    }

    private static void small(ByteBuffer page, int special, long block) {
        int id = unsigned(page, PAGE_SIZE - 2);
        if (block == 0 && page.getInt(special) == SEQUENCE_MAGIC && id == 0) {
            // The page counts single values, WAL counts 32 in advance: the logical comparison sees to it.
            fill(page, unsigned(page, LOWER), special);
            return;
        }
        hints(page);
        if (id == BRIN_REGULAR) {
            // A page that is being emptied says so in a flag that is not logged.
            page.putShort(PAGE_SIZE - 4, (short) 0);
            unusedSpace(page);
        } else if (id == BRIN_META || id == BRIN_RANGE_MAP) {
            unusedSpaceIfTold(page);
        } else if (id == SPGIST_ID) {
            spgist(page, special);
        } else if (isGin(id) && (unsigned(page, PAGE_SIZE - 2) & 0x4) != 0) {
            content(page);
        } else {
            unusedSpaceIfTold(page);
        }
    }

    private static void spgist(ByteBuffer page, int special) {
        unusedSpaceIfTold(page);
        boolean isMeta = (unsigned(page, special) & 0x1) != 0;
        if (isMeta) {
            // Eight pairs after the magic number: pages that had room lately, a hint that is not logged.
            fill(page, HEADER_SIZE + 4, HEADER_SIZE + 4 + 8 * 8);
        }
    }

    /** GIN keeps nine flags in the place where others keep their mark. */
    private static boolean isGin(int id) {
        return id <= 0x1FF;
    }

    private void index(ByteBuffer page, int special) {
        hints(page);
        unusedSpace(page);
        int id = unsigned(page, PAGE_SIZE - 2);
        int flags = unsigned(page, special + 12);
        if (id == HASH_ID) {
            // Kinds of pages are in the four lowest bits; those of items have dead ones, marked without WAL.
            if ((flags & 0xF) == 0) {
                content(page);
            } else if ((flags & 0x3) != 0) {
                itemFlags(page);
            }
            page.putShort(special + 12, (short) (flags & ~0x80));
        } else if (id == GIST_ID) {
            // A kind of LSN, and three flags that replay sets at other times: it alone says of a page whose dead items
            // an insert removed that rows were deleted from it (src/backend/access/gist/gistxlog.c,
            // gistRedoDeleteRecord), which no server from 9.6 on asks (src/include/access/gist.h, GistTuplesDeleted).
            page.putLong(special, 0);
            page.putShort(special + 12, (short) (flags & ~0x1C));
            if ((flags & 0x1) != 0) {
                itemFlags(page);
            }
        } else {
            if ((flags & 0x4) != 0 && !release.isAtLeast(14)) {
                content(page);
            } else if ((flags & 0x1) != 0) {
                itemFlags(page);
            }
            // Garbage, end of a split group, cycle: hints for the next vacuum. Before 14 replay forgets that a deleted
            // page was a leaf (src/backend/access/nbtree/nbtxlog.c, btree_xlog_unlink_page); whoever comes to such a
            // page passes it by before asking its level (src/include/access/nbtree.h, P_IGNORE).
            boolean isDeletedBefore14 = (flags & 0x4) != 0 && !release.isAtLeast(14);
            page.putShort(special + 12, (short) (flags & ~(isDeletedBefore14 ? 0x61 : 0x60)));
            page.putShort(special + 14, (short) 0);
        }
    }

    private static void hints(ByteBuffer page) {
        page.putShort(FLAGS, (short) (unsigned(page, FLAGS) & ~HINT_FLAGS));
        page.putInt(PRUNE_XID, 0);
    }

    private static void unusedSpaceIfTold(ByteBuffer page) {
        if (unsigned(page, LOWER) > HEADER_SIZE) {
            unusedSpace(page);
        }
    }

    private static void unusedSpace(ByteBuffer page) {
        int lower = unsigned(page, LOWER);
        int upper = unsigned(page, UPPER);
        if (lower >= HEADER_SIZE && lower <= upper && upper <= unsigned(page, SPECIAL)) {
            fill(page, lower, upper);
        }
    }

    private static void itemFlags(ByteBuffer page) {
        for (int item = HEADER_SIZE; item + 4 <= unsigned(page, LOWER); item += 4) {
            page.putInt(item, page.getInt(item) & ~(3 << 15));
        }
    }

    private static void content(ByteBuffer page) {
        fill(page, LOWER, SPECIAL);
        fill(page, HEADER_SIZE, PAGE_SIZE);
    }

    private static void fill(ByteBuffer page, int from, int to) {
        for (int i = from; i < to; i++) {
            page.put(i, (byte) 0);
        }
    }

    private static int unsigned(ByteBuffer page, int offset) {
        return Short.toUnsignedInt(page.getShort(offset));
    }
}
