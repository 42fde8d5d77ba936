package org.pgrewind4j.wal.scan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.framing.RecordContent;
import org.pgrewind4j.wal.framing.WalCursor;
import org.pgrewind4j.wal.record.CheckpointRecord;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.ResourceManager;

/**
 * What the records that begin in a stretch of WAL say. Findings of neighbouring stretches can be put together, and give
 * what reading both in a row gives.
 */
final class RangeFindings {

    private static final int MAIN_FORK = 0;

    /** No record. */
    static final long NONE = 0;

    private final long divergence;
    private final SpecialRecords special;
    private final RelationTable relations = new RelationTable();
    private final List<DirectoryChange> directoryChanges = new ArrayList<>();
    private final NavigableMap<ResourceManager, Lsn> customManagers =
            new TreeMap<>(Comparator.comparingInt(ResourceManager::id));
    private final List<CheckpointRecord> checkpoints = new ArrayList<>();
    private final ParameterLog parameters = new ParameterLog();
    private long records;
    private long firstRecord = NONE;
    private long lastRecord = NONE;

    /**
     * Starts without any record.
     *
     * @param divergence records that begin here or later are on the far side
     */
    RangeFindings(PostgresVersion version, Lsn divergence) {
        this.divergence = divergence.value();
        this.special = new SpecialRecords(version);
    }

    /**
     * Takes the record that a cursor stands at and those behind it, as long as they begin before a position. This is
     * the inner loop of all scans: it allocates nothing but for blocks that are new, and for the rare records that are
     * told apart by their type.
     *
     * @param until the position; unsigned
     * @return whether the cursor now stands at a record at or after the position; false if there is none
     */
    boolean read(WalCursor cursor, long until) throws IOException {
        while (Long.compareUnsigned(cursor.begin(), until) < 0) {
            take(cursor);
            if (!cursor.next()) {
                return false;
            }
        }
        return true;
    }

    private void take(WalCursor cursor) {
        long begin = cursor.begin();
        if (firstRecord == NONE) {
            firstRecord = begin;
        }
        lastRecord = begin;
        records++;
        RecordContent content = cursor.content();
        int blocks = content.blockCount();
        for (int i = 0; i < blocks; i++) {
            RelationChanges relation = relations.of(content.tablespace(i), content.database(i), content.relation(i));
            if (content.fork(i) != MAIN_FORK) {
                continue;
            }
            if (isAfter(begin)) {
                relation.addAfter(content.block(i));
            } else {
                relation.addBefore(content.block(i), content.willInit(i) || content.hasAppliedImage(i));
            }
        }
        if (SpecialRecords.isCandidate(cursor)) {
            special.read(cursor, this);
        }
    }

    void add(CheckpointRecord checkpoint) {
        checkpoints.add(checkpoint);
        if (checkpoint.shutdown()) {
            parameters.addStart(checkpoint.begin());
        }
    }

    void add(DirectoryChange change) {
        directoryChanges.add(change);
    }

    /** Takes note of a record of an extension's own resource manager. */
    void addCustom(int manager, long begin) {
        ResourceManager custom = ResourceManager.of(manager);
        if (!customManagers.containsKey(custom)) {
            customManagers.put(custom, new Lsn(begin));
        }
    }

    ParameterLog parameters() {
        return parameters;
    }

    /** Notes that a record concerns a relation's files other than by its blocks. */
    RelationChanges touch(int tablespace, int database, int relation) {
        return relations.of(tablespace, database, relation);
    }

    /** Whether a record is on the far side. */
    boolean isAfter(long begin) {
        return Long.compareUnsigned(begin, divergence) >= 0;
    }

    /** Where the first record begins, or {@link #NONE}. */
    long firstRecord() {
        return firstRecord;
    }

    /** Where the last record begins, or {@link #NONE}. */
    long lastRecord() {
        return lastRecord;
    }

    /** Adds what the WAL right behind says; that object must not be used afterwards. */
    void append(RangeFindings later) {
        relations.append(later.relations);
        directoryChanges.addAll(later.directoryChanges);
        later.customManagers.forEach(customManagers::putIfAbsent);
        checkpoints.addAll(later.checkpoints);
        parameters.append(later.parameters);
        records += later.records;
        if (firstRecord == NONE) {
            firstRecord = later.firstRecord;
        }
        if (later.lastRecord != NONE) {
            lastRecord = later.lastRecord;
        }
    }

    /** What was found, in the form for callers; this object must not be used afterwards. */
    ChangedBlocks toChangedBlocks(Lsn redo, EndOfWal end) {
        Set<RelFileLocator> touched = new TreeSet<>();
        Map<RelFileLocator, Long> cuts = new HashMap<>();
        relations.forEach(relation -> {
            touched.add(relation.locator());
            if (relation.cutTo() != RelationChanges.WHOLE) {
                cuts.put(relation.locator(), relation.cutTo());
            }
        });
        return new ChangedBlocks(
                blocks(relation -> relation.after),
                blocks(relation -> relation.before),
                blocks(relation -> relation.rebuilt),
                touched,
                cuts,
                directoryChanges,
                customManagers,
                checkpoints,
                parameters.changes(),
                parameters.hintImages(),
                parameters.fullPageWritesOff(),
                end,
                records,
                end.position().minus(redo));
    }

    private BlockSet blocks(Function<RelationChanges, @Nullable BlockBitmap> side) {
        Map<RelFileLocator, BlockBitmap> blocks = new HashMap<>();
        relations.forEach(relation -> {
            BlockBitmap bitmap = side.apply(relation);
            if (bitmap != null) {
                blocks.put(relation.locator(), bitmap);
            }
        });
        return BlockSet.taking(blocks);
    }
}
