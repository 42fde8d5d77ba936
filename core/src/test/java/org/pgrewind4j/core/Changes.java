package org.pgrewind4j.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.WalLevel;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.control.CheckPoint;
import org.pgrewind4j.wal.control.ServerSettings;
import org.pgrewind4j.wal.record.CheckpointRecord;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.DirectoryChange.FileCopyDatabase;
import org.pgrewind4j.wal.record.ParameterChange;
import org.pgrewind4j.wal.scan.BlockSet;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/** What a target's WAL says, made by hand. The divergence is at {@link #DIVERGENCE}. */
public final class Changes {

    public static final Lsn DIVERGENCE = new Lsn(0x3000158);

    private static final Lsn END = new Lsn(0x4000000);

    private final BlockSet.Builder after = BlockSet.builder();
    private final BlockSet.Builder before = BlockSet.builder();
    private final BlockSet.Builder rebuilt = BlockSet.builder();
    private final Set<RelFileLocator> touched = new HashSet<>();
    private final Map<RelFileLocator, Long> truncations = new HashMap<>();
    private final List<DirectoryChange> databases = new ArrayList<>();
    private final List<ParameterChange> parameterChanges = new ArrayList<>();
    private final List<Lsn> hintImages = new ArrayList<>();
    private final List<CheckpointRecord> checkpoints = new ArrayList<>();
    private Lsn lastRecord = END.plus(-100);

    /** A server was started at a position, with {@code wal_level = replica}. */
    public Changes startedWithHintsLogged(long lsn) {
        parameterChanges.add(change(lsn, WalLevel.REPLICA, true));
        return this;
    }

    /** A server was started at a position that did not log hint bits from then on. */
    public Changes startedWithoutHintsLogged(long lsn) {
        parameterChanges.add(change(lsn, WalLevel.REPLICA, false));
        return this;
    }

    /** A server was started at a position with {@code wal_level = minimal}. */
    Changes startedWithMinimalWal(long lsn) {
        parameterChanges.add(change(lsn, WalLevel.MINIMAL, true));
        return this;
    }

    private static ParameterChange change(long lsn, WalLevel walLevel, boolean walLogHints) {
        return new ParameterChange(new Lsn(lsn), new ServerSettings(walLevel, walLogHints, 100, 8, 10, 0, 64, false));
    }

    /** A hint bit was logged. */
    public Changes hintImage(long lsn) {
        hintImages.add(new Lsn(lsn));
        return this;
    }

    /** A server was stopped at a position. */
    public Changes stopped(long lsn) {
        CheckPoint checkPoint = ControlFileBytes.stopped().build().checkPointCopy();
        checkpoints.add(new CheckpointRecord(new Lsn(lsn), new Lsn(lsn + 0x78), true, checkPoint));
        return this;
    }

    /** The same, and not started again. */
    public Changes stoppedLast(long lsn) {
        lastRecord = new Lsn(lsn);
        return stopped(lsn);
    }

    /** Blocks that are referenced after the divergence. */
    public Changes after(RelFileLocator relation, long... blocks) {
        return add(after, relation, blocks);
    }

    /** Blocks that are referenced before the divergence, without an image. */
    public Changes before(RelFileLocator relation, long... blocks) {
        return add(before, relation, blocks);
    }

    /** Blocks that are referenced before the divergence, the first time with an image. */
    public Changes rebuilt(RelFileLocator relation, long... blocks) {
        add(rebuilt, relation, blocks);
        return add(before, relation, blocks);
    }

    private Changes add(BlockSet.Builder set, RelFileLocator relation, long... blocks) {
        touched.add(relation);
        for (long block : blocks) {
            set.add(relation, block);
        }
        return this;
    }

    public Changes truncated(RelFileLocator relation, long blocks) {
        touched.add(relation);
        truncations.put(relation, blocks);
        return this;
    }

    public Changes fileCopy(Lsn lsn, int template, int database) {
        databases.add(new FileCopyDatabase(
                lsn, RelFileLocator.DEFAULT_TABLESPACE, database, RelFileLocator.DEFAULT_TABLESPACE, template));
        return this;
    }

    public ChangedBlocks build() {
        EndOfWal end = new EndOfWal(
                END,
                EndOfWal.Reason.ZERO_LENGTH,
                "",
                WalSegmentName.containing(new TimelineId(1), END, 16 << 20),
                lastRecord);
        return new ChangedBlocks(
                after.build(),
                before.build(),
                rebuilt.build(),
                touched,
                truncations,
                databases,
                Map.of(),
                checkpoints,
                parameterChanges,
                hintImages,
                List.of(),
                end,
                1,
                1);
    }
}
