package org.pgrewind4j.wal.record;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.record.TransactionRecord.Kind;
import org.pgrewind4j.wal.record.TransactionRecord.Origin;

/**
 * Reads commits and rollbacks, which have one layout: that a rollback has no part for invalidations shows in its flags.
 *
 * <table>
 * <caption>Every part but the first is there if its flag is set (PostgreSQL: {@code src/include/access/xact.h},
 * {@code xl_xact_commit}, {@code xl_xact_abort}; {@code src/backend/access/rmgrdesc/xactdesc.c},
 * {@code ParseCommitRecord}, {@code ParseAbortRecord}); little-endian</caption>
 * <tr><th>part</th><th>flag</th><th>bytes</th></tr>
 * <tr><td>time</td><td></td><td>8</td></tr>
 * <tr><td>flags</td><td>{@code 0x80} of the record's info</td><td>4</td></tr>
 * <tr><td>database, tablespace</td><td>{@code 0x001}</td><td>4, 4</td></tr>
 * <tr><td>subtransactions</td><td>{@code 0x002}</td><td>4, and 4 for each</td></tr>
 * <tr><td>removed relations</td><td>{@code 0x004}</td><td>4, and 12 for each</td></tr>
 * <tr><td>removed statistics, from 15 on</td><td>{@code 0x100}</td><td>4, and 12 for each, from 18 on 16</td></tr>
 * <tr><td>invalidations</td><td>{@code 0x008}</td><td>4, and 16 for each</td></tr>
 * <tr><td>the prepared transaction's id</td><td>{@code 0x010}</td><td>4</td></tr>
 * <tr><td>its name, from 11 on</td><td>{@code 0x080}</td><td>up to a NUL</td></tr>
 * <tr><td>position and time at the origin</td><td>{@code 0x020}</td><td>8, 8</td></tr>
 * </table>
 */
final class TransactionEndParser {

    private static final int HAS_FLAGS = 0x80;

    private static final int DATABASE = 0x001;
    private static final int SUBTRANSACTIONS = 0x002;
    private static final int RELATIONS = 0x004;
    private static final int INVALIDATIONS = 0x008;
    private static final int PREPARED = 0x010;
    private static final int ORIGIN = 0x020;
    private static final int NAME = 0x080;
    private static final int STATISTICS = 0x100;

    private static final int INVALIDATION = 16;

    private final ByteBuffer mainData;
    private final int info;
    private final long writer;
    private final int node;
    private final Lsn begin;
    private final PostgresVersion version;

    TransactionEndParser(ByteBuffer mainData, int info, long writer, int node, Lsn begin, PostgresVersion version) {
        this.mainData = mainData;
        this.info = info;
        this.writer = writer;
        this.node = node;
        this.begin = begin;
        this.version = version;
    }

    TransactionRecord parse(Kind kind) {
        TransactionParts parts = new TransactionParts(
                mainData, begin, kind.isCommit() ? "transaction's commit" : "transaction's rollback");
        Instant time = parts.time();
        int flags = (info & HAS_FLAGS) == 0 ? 0 : parts.int32();
        OptionalLong database = has(flags, DATABASE) ? database(parts) : OptionalLong.empty();
        List<Long> subtransactions = has(flags, SUBTRANSACTIONS) ? parts.xids(parts.uint32()) : List.of();
        List<RelFileLocator> relations = has(flags, RELATIONS) ? parts.relations(parts.uint32()) : List.of();
        if (has(flags, STATISTICS)) {
            parts.skip(parts.uint32() * statistics(version));
        }
        if (has(flags, INVALIDATIONS)) {
            parts.skip(parts.uint32() * INVALIDATION);
        }
        long xid = writer;
        Optional<String> name = Optional.empty();
        if (has(flags, PREPARED)) {
            xid = parts.uint32();
            name = has(flags, NAME) ? Optional.of(parts.text()) : Optional.empty();
        } else if (kind == Kind.COMMIT_PREPARED || kind == Kind.ABORT_PREPARED) {
            throw new WalCorruptException(begin, "it finishes a prepared transaction and does not say which");
        }
        Optional<Origin> origin =
                has(flags, ORIGIN) ? Optional.of(new Origin(node, parts.lsn(), parts.time())) : Optional.empty();
        parts.end();
        return new TransactionRecord(
                kind, begin, xid, time, subtransactions, relations, List.of(), database, name, origin);
    }

    private static boolean has(int flags, int flag) {
        return (flags & flag) != 0;
    }

    private static OptionalLong database(TransactionParts parts) {
        long database = parts.uint32();
        parts.skip(Integer.BYTES);
        return OptionalLong.of(database);
    }

    /** The size of what names an object whose statistics are dropped; from 18 on its number has 8 bytes. */
    static int statistics(PostgresVersion version) {
        return version.isAtLeast(PostgresVersion.V18) ? 16 : 12;
    }
}
