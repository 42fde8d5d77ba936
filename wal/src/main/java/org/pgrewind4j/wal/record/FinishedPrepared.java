package org.pgrewind4j.wal.record;

import java.io.IOException;
import java.util.OptionalInt;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.framing.LittleEndian;
import org.pgrewind4j.wal.framing.RecordContent;
import org.pgrewind4j.wal.framing.WalCursor;

/**
 * Finds the prepared transactions that were committed or rolled back in a stretch of WAL.
 *
 * <table>
 * <caption>COMMIT_PREPARED ({@code 0x30}) and ABORT_PREPARED ({@code 0x40}) of resource manager 1; every part but the
 * first is there if the flag is set (PostgreSQL: {@code src/include/access/xact.h}, {@code xl_xact_commit};
 * {@code src/backend/access/rmgrdesc/xactdesc.c}, {@code ParseCommitRecord})</caption>
 * <tr><th>part</th><th>flag</th><th>bytes</th></tr>
 * <tr><td>time</td><td></td><td>8</td></tr>
 * <tr><td>flags</td><td>{@code 0x80} of the record's info</td><td>4</td></tr>
 * <tr><td>database, tablespace</td><td>{@code 0x001}</td><td>8</td></tr>
 * <tr><td>subtransactions</td><td>{@code 0x002}</td><td>4, and 4 for each</td></tr>
 * <tr><td>dropped relations</td><td>{@code 0x004}</td><td>4, and 12 for each</td></tr>
 * <tr><td>dropped statistics, from 15 on</td><td>{@code 0x100}</td><td>4, and 12 for each, from 18 on 16</td></tr>
 * <tr><td>invalidations</td><td>{@code 0x008}</td><td>4, and 16 for each</td></tr>
 * <tr><td>the prepared transaction's id</td><td>{@code 0x010}</td><td>4</td></tr>
 * </table>
 */
public final class FinishedPrepared {
    private static final int TRANSACTION = 1;
    private static final int KIND_MASK = 0x70;
    private static final int COMMIT_PREPARED = 0x30;
    private static final int ABORT_PREPARED = 0x40;
    private static final int HAS_FLAGS = 0x80;

    private static final int TIME = 8;
    private static final int DATABASE = 0x01;
    private static final int SUBTRANSACTIONS = 0x02;
    private static final int RELATIONS = 0x04;
    private static final int INVALIDATIONS = 0x08;
    private static final int PREPARED = 0x10;
    private static final int STATISTICS = 0x100;

    private final byte[] bytes;
    private final long end;
    private final Lsn begin;
    private long at;

    private FinishedPrepared(WalCursor cursor) {
        RecordContent content = cursor.content();
        this.bytes = cursor.bytes();
        this.at = content.mainDataOffset();
        this.end = at + content.mainDataLength();
        this.begin = new Lsn(cursor.begin());
    }

    /**
     * Finds the oldest one.
     *
     * @param source where the segments come from
     * @param version the release that wrote the WAL
     * @param segmentSize in bytes, as the control file says
     * @param history whose WAL to read
     * @param from where to begin; WAL is read to its end
     * @return its transaction id; empty if none was finished
     * @throws IOException if the source cannot read
     */
    public static OptionalInt oldest(
            WalSegmentSource source, PostgresVersion version, int segmentSize, TimelineHistory history, Lsn from)
            throws IOException {
        OptionalInt oldest = OptionalInt.empty();
        try (WalCursor cursor = new WalCursor(source, version, segmentSize, history)) {
            cursor.seekFirst(from, Lsn.MAX);
            while (cursor.next()) {
                if (isFinish(cursor)) {
                    int xid = new FinishedPrepared(cursor).xid(version);
                    // Ids go round: the older one is less than half of all behind.
                    oldest = oldest.isPresent() && oldest.getAsInt() - xid < 0 ? oldest : OptionalInt.of(xid);
                }
            }
        }
        return oldest;
    }

    private static boolean isFinish(WalCursor cursor) {
        int kind = cursor.info() & KIND_MASK;
        return cursor.resourceManager() == TRANSACTION
                && (kind == COMMIT_PREPARED || kind == ABORT_PREPARED)
                && (cursor.info() & HAS_FLAGS) != 0;
    }

    private int xid(PostgresVersion version) {
        take(TIME);
        int flags = int32();
        if ((flags & DATABASE) != 0) {
            take(2 * Integer.BYTES);
        }
        skip(flags & SUBTRANSACTIONS, Integer.BYTES);
        skip(flags & RELATIONS, 3 * Integer.BYTES);
        skip(flags & STATISTICS, (version.isAtLeast(PostgresVersion.V18) ? 4 : 3) * Integer.BYTES);
        skip(flags & INVALIDATIONS, 4 * Integer.BYTES);
        if ((flags & PREPARED) == 0) {
            throw new WalCorruptException(begin, "it finishes a prepared transaction and does not say which");
        }
        return int32();
    }

    private void skip(int flag, int each) {
        if (flag != 0) {
            take(Integer.toUnsignedLong(int32()) * each);
        }
    }

    private int int32() {
        return LittleEndian.int32(bytes, (int) take(Integer.BYTES));
    }

    private long take(long length) {
        if (length > end - at) {
            throw new WalCorruptException(begin, "its main data ends within the end of a prepared transaction");
        }
        at += length;
        return at - length;
    }
}
