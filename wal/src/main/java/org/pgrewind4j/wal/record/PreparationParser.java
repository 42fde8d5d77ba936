package org.pgrewind4j.wal.record;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.record.TransactionRecord.Kind;
import org.pgrewind4j.wal.record.TransactionRecord.Origin;

/**
 * Reads the record of a prepared transaction, which is its state file.
 *
 * <table>
 * <caption>The file's start (PostgreSQL: {@code src/include/access/xact.h}, {@code xl_xact_prepare}; before 12
 * {@code src/backend/access/transam/twophase.c}, {@code TwoPhaseFileHeader}); little-endian</caption>
 * <tr><th>part</th><th>bytes</th></tr>
 * <tr><td>magic number, length</td><td>4, 4</td></tr>
 * <tr><td>transaction id, database</td><td>4, 4</td></tr>
 * <tr><td>time</td><td>8</td></tr>
 * <tr><td>owner</td><td>4</td></tr>
 * <tr><td>numbers of subtransactions, of relations to remove at a commit, and at a rollback</td><td>4, 4, 4</td></tr>
 * <tr><td>numbers of statistics to remove, likewise, from 15 on</td><td>4, 4</td></tr>
 * <tr><td>number of invalidations, whether the cache's file is one of them</td><td>4, 1 and 1 unused</td></tr>
 * <tr><td>length of the name with its NUL</td><td>2</td></tr>
 * <tr><td>position and time at the origin, from 11 on</td><td>8, 8</td></tr>
 * </table>
 *
 * <p>Then follow name, subtransactions and both kinds of relations, each begun at a multiple of 8, then what does not
 * matter here.
 */
final class PreparationParser {

    private final ByteBuffer mainData;
    private final int origin;
    private final Lsn begin;
    private final PostgresVersion version;

    PreparationParser(ByteBuffer mainData, int origin, Lsn begin, PostgresVersion version) {
        this.mainData = mainData;
        this.origin = origin;
        this.begin = begin;
        this.version = version;
    }

    TransactionRecord parse() {
        TransactionParts parts = new TransactionParts(mainData, begin, "transaction's preparation");
        int start = parts.position();
        parts.skip(2 * Integer.BYTES);
        long xid = parts.uint32();
        long database = parts.uint32();
        Instant time = parts.time();
        parts.skip(Integer.BYTES);
        long subtransactions = parts.uint32();
        long atCommit = parts.uint32();
        long atRollback = parts.uint32();
        if (version.isAtLeast(PostgresVersion.V15)) {
            parts.skip(2 * Integer.BYTES);
        }
        parts.skip(Integer.BYTES + 2);
        int nameLength = parts.uint16();
        Optional<Origin> from = version.isAtLeast(PostgresVersion.V11) ? origin(parts) : Optional.empty();
        parts.align(start);
        String name = parts.text(nameLength);
        parts.align(start);
        List<Long> xids = parts.xids(subtransactions);
        parts.align(start);
        List<RelFileLocator> dropped = parts.relations(atCommit);
        parts.align(start);
        List<RelFileLocator> created = parts.relations(atRollback);
        return new TransactionRecord(
                Kind.PREPARE,
                begin,
                xid,
                time,
                xids,
                dropped,
                created,
                OptionalLong.of(database),
                Optional.of(name),
                from);
    }

    private Optional<Origin> origin(TransactionParts parts) {
        Lsn lsn = parts.lsn();
        Instant time = parts.time();
        return lsn.equals(Lsn.INVALID) ? Optional.empty() : Optional.of(new Origin(origin, lsn, time));
    }
}
