package org.pgrewind4j.wal.scan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.framing.LittleEndian;
import org.pgrewind4j.wal.framing.RecordContent;
import org.pgrewind4j.wal.framing.WalCursor;
import org.pgrewind4j.wal.record.CheckpointRecord;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.ParameterChange;
import org.pgrewind4j.wal.record.UnknownRelationChangeException;

/**
 * The records that say more than their block references do.
 *
 * <table>
 * <caption>By resource manager, and the upper half of the info byte</caption>
 * <tr><th>resource manager</th><th>kind</th><th>says</th></tr>
 * <tr><td>0 XLOG</td><td>{@code 0x00} CHECKPOINT_SHUTDOWN, {@code 0x10} CHECKPOINT_ONLINE</td><td>a checkpoint</td></tr>
 * <tr><td>0 XLOG</td><td>{@code 0x60} PARAMETER_CHANGE</td><td>the server was started with other parameters</td></tr>
 * <tr><td>0 XLOG</td><td>{@code 0x80} FPW_CHANGE</td><td>{@code full_page_writes} was switched</td></tr>
 * <tr><td>0 XLOG</td><td>{@code 0xA0} FPI_FOR_HINT</td><td>hint bits were logged then</td></tr>
 * <tr><td>1 Transaction</td><td>{@code 0x00 0x20 0x30 0x40} commit, abort, the same of a prepared one</td>
 *     <td>from 14 on: relations are dropped. Listings of files show that, so nothing is to be kept of it</td></tr>
 * <tr><td>2 Storage</td><td>{@code 0x10} CREATE, {@code 0x20} TRUNCATE</td><td>a file is created, cut</td></tr>
 * <tr><td>4 Database, 5 Tablespace</td><td>as {@link DirectoryChange} says</td>
 *     <td>directories come, are copied, or go</td></tr>
 * <tr><td>16 SP-GiST</td><td>all</td><td>the index's metapage may have changed too, see {@link #readSpGist}</td></tr>
 * <tr><td>128 to 255</td><td>any</td><td>replay needs the extension that it belongs to</td></tr>
 * </table>
 *
 * <p>Any other record that is flagged as changing relation files ({@code 0x01}) is refused: nobody can say what it
 * changed. PostgreSQL: {@code src/bin/pg_rewind/parsexlog.c}, {@code extractPageInfo};
 * {@code src/include/catalog/storage_xlog.h}; {@code src/include/commands/dbcommands_xlog.h}.
 */
final class SpecialRecords {

    private static final int XLOG = 0;
    private static final int TRANSACTION = 1;
    private static final int STORAGE = 2;
    private static final int DATABASE = 4;
    private static final int TABLESPACE = 5;
    private static final int SPGIST = 16;
    private static final int LEAST_CUSTOM = 128;

    private static final int SPGIST_METAPAGE = 0;

    private static final int PARAMETER_CHANGE = 0x60;
    private static final int FULL_PAGE_WRITES_CHANGE = 0x80;
    private static final int IMAGE_FOR_HINT = 0xA0;

    private static final int CHANGES_RELATION_FILES = 0x01;
    private static final int KIND_MASK = 0xF0;

    private static final int TRANSACTION_KIND_MASK = 0x70;
    private static final int COMMIT = 0x00;
    private static final int ABORT = 0x20;
    private static final int COMMIT_PREPARED = 0x30;
    private static final int ABORT_PREPARED = 0x40;

    private static final int STORAGE_CREATE = 0x10;
    private static final int STORAGE_CREATE_SIZE = 16;
    private static final int STORAGE_TRUNCATE = 0x20;
    private static final int STORAGE_TRUNCATE_SIZE = 20;
    private static final int TRUNCATES_MAIN_FORK = 0x01;

    private final PostgresVersion version;
    private final DirectoryRecords directories;

    SpecialRecords(PostgresVersion version) {
        this.version = version;
        this.directories = new DirectoryRecords(version);
    }

    /** Whether {@link #read} may have something to do; the answer for nearly every record is no. */
    static boolean isCandidate(WalCursor cursor) {
        int manager = cursor.resourceManager();
        return manager == XLOG
                || manager == STORAGE
                || manager == DATABASE
                || manager == TABLESPACE
                || manager == SPGIST
                || manager >= LEAST_CUSTOM
                || (cursor.info() & CHANGES_RELATION_FILES) != 0;
    }

    /** Takes what the cursor's record says besides its blocks. */
    void read(WalCursor cursor, RangeFindings findings) {
        int kind = cursor.info() & KIND_MASK;
        boolean isKnown = switch (cursor.resourceManager()) {
            case XLOG -> readXlog(cursor, kind, findings);
            case TRANSACTION -> endsTransaction(kind);
            case STORAGE -> readStorage(cursor, kind, findings);
            case DATABASE -> directories.readDatabase(cursor, kind, findings);
            case TABLESPACE -> readTablespace(cursor, kind, findings);
            case SPGIST -> readSpGist(cursor, findings);
            default -> readOther(cursor, findings);
        };
        if (!isKnown && (cursor.info() & CHANGES_RELATION_FILES) != 0) {
            throw new UnknownRelationChangeException(new Lsn(cursor.begin()), cursor.resourceManager(), cursor.info());
        }
    }

    private boolean readXlog(WalCursor cursor, int kind, RangeFindings findings) {
        if (isCheckpoint(cursor)) {
            findings.add(checkpoint(cursor, version));
        } else if (kind == PARAMETER_CHANGE) {
            int at = mainData(cursor, ParameterChange.size(version));
            findings.parameters().add(ParameterChange.parse(cursor.bytes(), at, new Lsn(cursor.begin()), version));
        } else if (kind == FULL_PAGE_WRITES_CHANGE) {
            if (cursor.bytes()[mainData(cursor, 1)] == 0) {
                findings.parameters().addFullPageWritesOff(new Lsn(cursor.begin()));
            }
        } else if (kind == IMAGE_FOR_HINT) {
            findings.parameters().addHintImage(cursor.begin());
        }
        // No record of this resource manager changes a relation's files but by its blocks.
        return false;
    }

    /** Whether the cursor's record is a checkpoint. */
    static boolean isCheckpoint(WalCursor cursor) {
        return CheckpointRecord.isCheckpoint(cursor.resourceManager(), cursor.info());
    }

    /** Reads the cursor's record, which is a checkpoint. */
    static CheckpointRecord checkpoint(WalCursor cursor, PostgresVersion version) {
        RecordContent content = cursor.content();
        ByteBuffer mainData = ByteBuffer.wrap(cursor.bytes(), content.mainDataOffset(), content.mainDataLength())
                .order(ByteOrder.LITTLE_ENDIAN);
        return CheckpointRecord.parse(mainData, cursor.info(), new Lsn(cursor.begin()), new Lsn(cursor.end()), version);
    }

    private boolean endsTransaction(int kind) {
        int end = kind & TRANSACTION_KIND_MASK;
        return version.isAtLeast(PostgresVersion.V14)
                && (end == COMMIT || end == ABORT || end == COMMIT_PREPARED || end == ABORT_PREPARED);
    }

    private static boolean readStorage(WalCursor cursor, int kind, RangeFindings findings) {
        byte[] bytes = cursor.bytes();
        if (kind == STORAGE_CREATE) {
            int at = mainData(cursor, STORAGE_CREATE_SIZE);
            boolean isMainFork = LittleEndian.int32(bytes, at + 12) == 0;
            // A file that is re-created holds nothing of before, as if it had been cut to nothing.
            cut(cursor, findings, at, isMainFork ? 0 : RelationChanges.WHOLE);
            return true;
        }
        if (kind == STORAGE_TRUNCATE) {
            int at = mainData(cursor, STORAGE_TRUNCATE_SIZE);
            boolean isMainFork = (LittleEndian.int32(bytes, at + 16) & TRUNCATES_MAIN_FORK) != 0;
            cut(cursor, findings, at + 4, isMainFork ? LittleEndian.uint32(bytes, at) : RelationChanges.WHOLE);
            return true;
        }
        return false;
    }

    private static void cut(WalCursor cursor, RangeFindings findings, int locator, long length) {
        byte[] bytes = cursor.bytes();
        RelationChanges relation = findings.touch(
                LittleEndian.int32(bytes, locator),
                LittleEndian.int32(bytes, locator + 4),
                LittleEndian.int32(bytes, locator + 8));
        if (findings.isAfter(cursor.begin())) {
            relation.cut(length);
        }
    }

    private boolean readTablespace(WalCursor cursor, int kind, RangeFindings findings) {
        directories.readTablespace(cursor, kind, findings);
        // No record of this resource manager changes a relation's files.
        return false;
    }

    private static boolean readOther(WalCursor cursor, RangeFindings findings) {
        if (cursor.resourceManager() >= LEAST_CUSTOM) {
            findings.addCustom(cursor.resourceManager(), cursor.begin());
        }
        return false;
    }

    /**
     * Whoever inserts into an SP-GiST index notes on its metapage, block 0, which pages have room, without a record
     * ({@code src/backend/access/spgist/spgutils.c}, {@code SpGistUpdateMetaPage}). A page that came into being after
     * the divergence gets there with the insertion's records only, so these stand for a change of the metapage: else it
     * would name blocks that are not there any more, and every insertion that tries them fails.
     */
    private static boolean readSpGist(WalCursor cursor, RangeFindings findings) {
        if (findings.isAfter(cursor.begin())) {
            RecordContent content = cursor.content();
            for (int i = 0; i < content.blockCount(); i++) {
                findings.touch(content.tablespace(i), content.database(i), content.relation(i))
                        .addAfter(SPGIST_METAPAGE);
            }
        }
        return false;
    }

    /** Where the main data is, of which a number of bytes must be there. */
    static int mainData(WalCursor cursor, int size) {
        RecordContent content = cursor.content();
        if (content.mainDataLength() < size) {
            throw new WalCorruptException(
                    new Lsn(cursor.begin()),
                    "its main data has " + content.mainDataLength() + " bytes, expected at least " + size);
        }
        return content.mainDataOffset();
    }
}
