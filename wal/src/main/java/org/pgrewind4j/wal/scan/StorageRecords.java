package org.pgrewind4j.wal.scan;

import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.framing.LittleEndian;
import org.pgrewind4j.wal.framing.WalCursor;

/**
 * Reads what WAL says of files of relations, and of sequences.
 *
 * <table>
 * <caption>PostgreSQL: {@code src/include/catalog/storage_xlog.h}, {@code xl_smgr_create}, {@code xl_smgr_truncate};
 * {@code src/include/commands/sequence.h}, {@code xl_seq_rec}; little-endian</caption>
 * <tr><th>record</th><th>kind</th><th>main data, in bytes</th></tr>
 * <tr><td>Storage CREATE</td><td>{@code 0x10}</td><td>relation 12, fork 4</td></tr>
 * <tr><td>Storage TRUNCATE</td><td>{@code 0x20}</td><td>blocks 4, relation 12, flags 4</td></tr>
 * <tr><td>Sequence LOG</td><td>{@code 0x00}</td>
 *     <td>relation 12, then its row: header 23, of which the byte at 22 tells where the columns begin; the last value, 8
 *     bytes, is the first column, before 10 it comes behind 64 bytes with the name</td></tr>
 * </table>
 */
final class StorageRecords {

    private static final int CREATE = 0x10;
    private static final int TRUNCATE = 0x20;
    private static final int TRUNCATES_MAIN_FORK = 0x01;
    private static final int SEQUENCE_LOG = 0x00;
    private static final int KIND_MASK = 0xF0;

    private static final int RELATION = 12;
    private static final int ROW_HEADER = 23;
    private static final int COLUMNS_BEGIN = 22;

    private final int nameLength;

    StorageRecords(PostgresVersion version) {
        nameLength = version.isAtLeast(PostgresVersion.V10) ? 0 : 64;
    }

    void read(WalCursor cursor, RelationTallies relations, TransactionLog transactions) {
        byte[] bytes = cursor.bytes();
        int kind = cursor.info() & KIND_MASK;
        if (kind == CREATE) {
            int at = SpecialRecords.mainData(cursor, RELATION + 4);
            if (LittleEndian.int32(bytes, at + RELATION) == 0) {
                RelationTally relation = relation(bytes, at, relations);
                count(cursor, relation);
                transactions.created(cursor.xid(), relation);
            }
        } else if (kind == TRUNCATE) {
            int at = SpecialRecords.mainData(cursor, RELATION + 8);
            if ((LittleEndian.int32(bytes, at + 4 + RELATION) & TRUNCATES_MAIN_FORK) != 0) {
                RelationTally relation = relation(bytes, at + 4, relations);
                count(cursor, relation);
                relation.truncatedTo = LittleEndian.uint32(bytes, at);
            }
        }
    }

    private static void count(WalCursor cursor, RelationTally relation) {
        relation.records++;
        relation.addBytes(cursor.resourceManager(), cursor.totalLength());
    }

    void readSequence(WalCursor cursor, RelationTallies relations) {
        if ((cursor.info() & KIND_MASK) != SEQUENCE_LOG) {
            return;
        }
        byte[] bytes = cursor.bytes();
        int at = SpecialRecords.mainData(cursor, RELATION + ROW_HEADER);
        int value = RELATION + LittleEndian.uint8(bytes, at + RELATION + COLUMNS_BEGIN) + nameLength;
        SpecialRecords.mainData(cursor, value + Long.BYTES);
        relation(bytes, at, relations).sequenceAt(LittleEndian.int64(bytes, at + value));
    }

    private static RelationTally relation(byte[] bytes, int at, RelationTallies relations) {
        return relations.of(
                LittleEndian.int32(bytes, at), LittleEndian.int32(bytes, at + 4), LittleEndian.int32(bytes, at + 8));
    }
}
