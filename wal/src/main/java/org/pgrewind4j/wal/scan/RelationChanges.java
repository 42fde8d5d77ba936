package org.pgrewind4j.wal.scan;

import org.jspecify.annotations.Nullable;
import org.pgrewind4j.wal.RelFileLocator;

/** What a stretch of WAL says of one relation. Most relations are on one side of the divergence only, so bitmaps are made on first use. */
final class RelationChanges {

    /** No truncation: no fork has so many blocks. */
    static final long WHOLE = Long.MAX_VALUE;

    final int tablespace;
    final int database;
    final int relation;

    @Nullable BlockBitmap after;

    @Nullable BlockBitmap before;

    @Nullable BlockBitmap rebuilt;

    /** The least length in blocks that the main fork was cut to at or after the divergence. */
    private long cutTo = WHOLE;

    RelationChanges(int tablespace, int database, int relation) {
        this.tablespace = tablespace;
        this.database = database;
        this.relation = relation;
    }

    boolean is(int otherTablespace, int otherDatabase, int otherRelation) {
        return relation == otherRelation && database == otherDatabase && tablespace == otherTablespace;
    }

    RelFileLocator locator() {
        return new RelFileLocator(tablespace, database, relation);
    }

    /** Notes a reference by a record at or after the divergence. */
    void addAfter(int block) {
        if (after == null) {
            after = new BlockBitmap();
        }
        after.add(block);
    }

    /**
     * Notes a reference by a record before the divergence.
     *
     * @param rebuilds whether replay of this record overwrites the page whole: that counts if it is the block's first
     */
    void addBefore(int block, boolean rebuilds) {
        if (before == null) {
            before = new BlockBitmap();
        }
        if (before.add(block) && rebuilds) {
            if (rebuilt == null) {
                rebuilt = new BlockBitmap();
            }
            rebuilt.add(block);
        }
    }

    /** Notes that the main fork was cut to a length in blocks at or after the divergence. */
    void cut(long length) {
        cutTo = Math.min(cutTo, length);
    }

    long cutTo() {
        return cutTo;
    }

    /**
     * Adds what the WAL right behind this stretch says; it may be taken apart.
     *
     * <p>First references: a block that is new in the later stretch keeps what that says of it; of any other, this
     * stretch has the first reference. So the order in which stretches are put together decides, and how WAL was cut
     * into stretches does not.
     */
    void append(RelationChanges later) {
        if (later.rebuilt != null) {
            if (before != null) {
                later.rebuilt.removeAll(before);
            }
            rebuilt = union(rebuilt, later.rebuilt);
        }
        before = union(before, later.before);
        after = union(after, later.after);
        cut(later.cutTo);
    }

    private static @Nullable BlockBitmap union(@Nullable BlockBitmap mine, @Nullable BlockBitmap more) {
        if (mine == null || more == null) {
            return mine == null ? more : mine;
        }
        mine.addAll(more);
        return mine;
    }
}
