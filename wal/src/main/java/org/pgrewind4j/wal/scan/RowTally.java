package org.pgrewind4j.wal.scan;

import org.pgrewind4j.wal.framing.LittleEndian;
import org.pgrewind4j.wal.framing.WalCursor;

/** Counts rows while WAL is read. */
final class RowTally {

    private static final int HEAP2 = 9;
    private static final int HEAP = 10;

    private static final int INSERT = 0x00;
    private static final int DELETE = 0x10;
    private static final int UPDATE = 0x20;
    private static final int HOT_UPDATE = 0x40;
    private static final int MULTI_INSERT = 0x50;

    private static final int DELETE_SIZE = 8;
    private static final int DELETE_FLAGS = 7;
    private static final int TAKES_BACK = 0x08;

    private long inserted;
    private long updated;
    private long hotUpdated;
    private long deleted;

    /**
     * Takes a record that changes rows.
     *
     * <table>
     * <caption>By resource manager, and the bits {@code 0x70} of the info byte (PostgreSQL:
     * {@code src/include/access/heapam_xlog.h})</caption>
     * <tr><th>record</th><th>kind</th><th>rows</th></tr>
     * <tr><td>Heap INSERT, DELETE, UPDATE, HOT_UPDATE</td><td>{@code 0x00 0x10 0x20 0x40}</td><td>one</td></tr>
     * <tr><td>Heap2 MULTI_INSERT</td><td>{@code 0x50}</td><td>flags 1, unused 1, number 2</td></tr>
     * </table>
     *
     * <p>{@code INSERT ... ON CONFLICT} inserts a row before it knows whether it may; if not it takes the row back by a
     * deletion with a flag of its own ({@code XLH_DELETE_IS_SUPER}), which is none. It does so before it inserts another, so
     * where there is no row to take back, that one came before the stretch began and was not counted.
     */
    void add(WalCursor cursor) {
        int kind = cursor.info() & 0x70;
        if (cursor.resourceManager() == HEAP2) {
            if (kind == MULTI_INSERT) {
                inserted += LittleEndian.uint16(cursor.bytes(), SpecialRecords.mainData(cursor, 4) + 2);
            }
            return;
        }
        switch (kind) {
            case INSERT -> inserted++;
            case DELETE -> {
                int at = SpecialRecords.mainData(cursor, DELETE_SIZE);
                if ((cursor.bytes()[at + DELETE_FLAGS] & TAKES_BACK) != 0) {
                    inserted = Math.max(0, inserted - 1);
                } else {
                    deleted++;
                }
            }
            case UPDATE -> updated++;
            case HOT_UPDATE -> hotUpdated++;
            default -> {
                // Locks, changes in place and what concerns logical decoding only: no row is another one.
            }
        }
    }

    /** Whether a record changes rows of the relation of its first block. */
    static boolean concerns(WalCursor cursor) {
        int kind = cursor.info() & 0x70;
        return cursor.resourceManager() == HEAP
                ? kind == INSERT || kind == DELETE || kind == UPDATE || kind == HOT_UPDATE
                : cursor.resourceManager() == HEAP2 && kind == MULTI_INSERT;
    }

    void add(RowTally more) {
        inserted += more.inserted;
        updated += more.updated;
        hotUpdated += more.hotUpdated;
        deleted += more.deleted;
    }

    RowCounts counts() {
        return new RowCounts(inserted, updated, hotUpdated, deleted);
    }
}
