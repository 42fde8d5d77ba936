package org.pgrewind4j.wal.scan;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.record.UnknownRelationChangeException;

/**
 * Reads WAL from a redo start R over a divergence D to its end E and gathers which blocks and relations it names: the
 * sets of {@link ChangedBlocks}.
 *
 * <pre>{@code
 * ChangedBlocks changed = ChangedBlockCollector.of(source, PostgresVersion.V17, 16 << 20, history)
 *         .redo(checkpoint.checkPoint().redo())
 *         .divergence(divergence.position())
 *         .collect();
 * }</pre>
 *
 * <p>Several threads read, each whole runs of segments; the result does not depend on how many. Memory is bounded by
 * the number of changed blocks and of threads, not by the amount of WAL.
 *
 * <p>The object is set up and used by one thread. An interrupt of that thread ends {@link #collect()}; whichever way
 * that returns, no thread and no open segment of it is left.
 */
public final class ChangedBlockCollector {
    private final WalSegmentSource source;
    private final PostgresVersion version;
    private final int segmentSize;
    private final TimelineHistory history;

    private Lsn redo = Lsn.INVALID;
    private Lsn divergence = Lsn.INVALID;
    private Lsn known = Lsn.INVALID;
    private Lsn record = Lsn.INVALID;
    private Lsn end = Lsn.MAX;
    private int threads = Runtime.getRuntime().availableProcessors();
    private LongConsumer progress = bytes -> {};
    private int rangeSize = RangeReader.RANGE_SIZE;

    private ChangedBlockCollector(
            WalSegmentSource source, PostgresVersion version, int segmentSize, TimelineHistory history) {
        this.source = source;
        this.version = version;
        this.segmentSize = WalSegmentName.checkSegmentSize(segmentSize);
        this.history = history;
    }

    /**
     * Says what to read.
     *
     * @param source where the segments come from
     * @param version the release that wrote the WAL
     * @param segmentSize in bytes, as the control file says
     * @param history whose WAL to read: the segments of the timelines that led to its last one
     * @return a collector that still needs its {@link #redo}
     */
    public static ChangedBlockCollector of(
            WalSegmentSource source, PostgresVersion version, int segmentSize, TimelineHistory history) {
        return new ChangedBlockCollector(source, version, segmentSize, history);
    }

    /**
     * Sets where reading begins. Required.
     *
     * @param start where the first record to look at begins: a checkpoint's redo pointer, or the checkpoint itself
     * @return this collector
     */
    public ChangedBlockCollector redo(Lsn start) {
        this.redo = start;
        return this;
    }

    /**
     * Sets where the sides part. Without it, and where it is the redo start itself, every record is on the far side
     * and {@link ChangedBlocks#before()} is empty.
     *
     * @param position the first position that the two clusters do not share; not before the redo start
     * @return this collector
     */
    public ChangedBlockCollector divergence(Lsn position) {
        this.divergence = position;
        return this;
    }

    /**
     * Names a position that WAL is known to reach, from the control file. WAL that ends before it is an error, as is
     * WAL that ends before the divergence; without this a segment that is lost after the divergence would look like
     * the end of WAL.
     *
     * @param position not after the end of the last record that the cluster is known to have written
     * @return this collector
     */
    public ChangedBlockCollector reaching(Lsn position) {
        this.known = position;
        return this;
    }

    /**
     * Names a record that WAL is known to hold, such as the control file's checkpoint. WAL that ends before or at its
     * begin, or within it, is an error.
     *
     * @param begin where the record begins
     * @return this collector
     */
    public ChangedBlockCollector holding(Lsn begin) {
        this.record = begin;
        return this;
    }

    /**
     * Sets where reading ends. Without it, WAL is read to its end: to the first record that is not valid.
     *
     * @param limit the first record that begins here or later is not looked at any more
     * @return this collector
     */
    public ChangedBlockCollector end(Lsn limit) {
        this.end = limit;
        return this;
    }

    /**
     * Sets how many threads read. With one, the caller's thread reads.
     *
     * @param count at least 1; by default the number of available processors
     * @return this collector
     * @throws IllegalArgumentException for less than 1
     */
    public ChangedBlockCollector threads(int count) {
        checkArgument(count >= 1, "not a number of threads: %s", count);
        this.threads = count;
        return this;
    }

    /**
     * Sets the listener that receives how far reading got. What it throws ends {@link #collect()}.
     *
     * @param bytes receives the number of bytes of WAL read so far, never less than before; called in the thread that
     *     collects, about once for each few segments
     * @return this collector
     */
    public ChangedBlockCollector progress(LongConsumer bytes) {
        this.progress = bytes;
        return this;
    }

    /** Sets how WAL is cut, for tests: a multiple of the page size. */
    ChangedBlockCollector rangeSize(int bytes) {
        this.rangeSize = bytes;
        return this;
    }

    /**
     * Reads the WAL.
     *
     * @return what was found
     * @throws MissingWalException if a segment is missing before the divergence or the position that WAL must reach
     * @throws WalEndsTooEarlyException if WAL is there and ends before one of these
     * @throws UnknownRelationChangeException if a record changes a relation in a way that the library does not know
     * @throws WalCorruptException if a record with a good CRC contradicts the format
     * @throws IOException if the source cannot read; on an interrupt, with the thread's interrupt status set
     * @throws IllegalStateException if the redo start is not set, or lies after the divergence
     */
    public ChangedBlocks collect() throws IOException {
        checkState(redo.isValid(), "the redo start is not set");
        Lsn parting = divergence.isValid() ? divergence : redo;
        checkState(!parting.isBefore(redo), "the divergence %s is before the redo start %s", parting, redo);
        RangeReader task = new RangeReader(source, version, segmentSize, history, redo, parting, end, rangeSize);
        ChangedBlocks changed =
                threads == 1 || task.isOneRange() ? task.run(progress) : new ParallelScan(task, threads).run(progress);
        checkReaches(changed.end(), Lsn.max(parting, known));
        return changed;
    }

    private void checkReaches(EndOfWal reached, Lsn needed) throws IOException {
        if (reached.reason() == EndOfWal.Reason.LIMIT) {
            return;
        }
        boolean isShort = reached.position().isBefore(needed);
        boolean lacksRecord = record.isValid() && !reached.position().isAfter(record);
        if ((isShort || lacksRecord) && reached.reason() == EndOfWal.Reason.MISSING_SEGMENT) {
            Lsn behind = Lsn.max(needed, lacksRecord ? record.plus(1) : needed);
            throw new MissingWalException(
                    missing(reached.segment(), behind), "to read the changes up to " + Lsn.max(needed, record));
        }
        if (isShort) {
            throw new WalEndsTooEarlyException(reached, needed);
        }
        if (lacksRecord) {
            throw WalEndsTooEarlyException.before(reached, record);
        }
    }

    /** What is not there of the segments from the first missing one up to a position. */
    private List<WalSegmentName> missing(WalSegmentName first, Lsn needed) throws IOException {
        List<WalSegmentName> missing = new ArrayList<>(List.of(first));
        Lsn last = needed.plus(-1);
        for (Lsn at = first.end(); !at.isAfter(last); at = at.plus(segmentSize)) {
            Lsn lastOfSegment = at.plus(segmentSize - 1);
            WalSegmentName name =
                    WalSegmentName.containing(history.timelineAt(lastOfSegment), lastOfSegment, segmentSize);
            Optional<WalSegment> found = source.open(name);
            if (found.isPresent()) {
                found.get().close();
            } else {
                missing.add(name);
            }
        }
        return missing;
    }
}
