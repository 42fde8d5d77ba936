package org.pgrewind4j.wal.scan;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.record.ResourceManager;

/** Gathers what WAL does to one relation. */
final class RelationTally {

    private static final long NEVER = -1;

    final int tablespace;
    final int database;
    final int relation;

    final RowTally committed = new RowTally();
    final RowTally uncommitted = new RowTally();
    long transactions;
    long records;
    long imageBytes;
    boolean isCreated;
    boolean isDropped;
    long truncatedTo = NEVER;
    private boolean isSequence;
    private long sequenceValue;

    /** Few resource managers write about one relation: their numbers, and beside each the bytes. */
    private byte[] managers = {};

    private long[] bytes = {};

    RelationTally(int tablespace, int database, int relation) {
        this.tablespace = tablespace;
        this.database = database;
        this.relation = relation;
    }

    boolean is(int ofTablespace, int ofDatabase, int ofRelation) {
        return relation == ofRelation && database == ofDatabase && tablespace == ofTablespace;
    }

    void addBytes(int manager, int length) {
        for (int i = 0; i < managers.length; i++) {
            if (managers[i] == (byte) manager) {
                bytes[i] += length;
                return;
            }
        }
        managers = Arrays.copyOf(managers, managers.length + 1);
        bytes = Arrays.copyOf(bytes, managers.length);
        managers[managers.length - 1] = (byte) manager;
        bytes[managers.length - 1] = length;
    }

    void sequenceAt(long value) {
        isSequence = true;
        sequenceValue = value;
    }

    RelFileLocator locator() {
        return new RelFileLocator(tablespace, database, relation);
    }

    RelationActivity activity() {
        Map<ResourceManager, Long> byManager = new HashMap<>();
        long total = 0;
        for (int i = 0; i < managers.length; i++) {
            byManager.put(ResourceManager.of(Byte.toUnsignedInt(managers[i])), bytes[i]);
            total += bytes[i];
        }
        return new RelationActivity(
                locator(),
                committed.counts(),
                uncommitted.counts(),
                transactions,
                records,
                total,
                imageBytes,
                byManager,
                isCreated,
                isDropped,
                truncatedTo == NEVER ? OptionalLong.empty() : OptionalLong.of(truncatedTo),
                isSequence ? OptionalLong.of(sequenceValue) : OptionalLong.empty());
    }
}
