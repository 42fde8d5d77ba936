package org.pgrewind4j.wal.scan;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.IOException;
import java.util.function.LongConsumer;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.framing.WalCursor;

/**
 * Reads a stretch of WAL and gathers what it did: transactions, rows by relation, what was created and dropped.
 *
 * <pre>{@code
 * WalActivity lost = WalActivityCollector.of(source, PostgresVersion.V17, 16 << 20, history)
 *         .from(divergence.position())
 *         .collect();
 * }</pre>
 *
 * <p>Memory is bounded, whatever WAL says: by the number of transactions to list, by that of relations, and by what is
 * open at one time. The result tells what there was no room for.
 */
public final class WalActivityCollector {

    private static final int PROGRESS = 16 << 20;

    private final WalSegmentSource source;
    private final PostgresVersion version;
    private final int segmentSize;
    private final TimelineHistory history;

    private Lsn from = Lsn.INVALID;
    private Lsn until = Lsn.MAX;
    private int transactions = 10_000;
    private LongConsumer progress = bytes -> {};

    private WalActivityCollector(
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
     * @return a collector that still needs its {@link #from}
     */
    public static WalActivityCollector of(
            WalSegmentSource source, PostgresVersion version, int segmentSize, TimelineHistory history) {
        return new WalActivityCollector(source, version, segmentSize, history);
    }

    /**
     * Sets where the stretch begins. Required.
     *
     * @param position the first record is the one that begins here, or the first one behind it
     * @return this collector
     */
    public WalActivityCollector from(Lsn position) {
        this.from = position;
        return this;
    }

    /**
     * Sets where the stretch ends. Without it, WAL is read to its end: to the first record that is not valid.
     *
     * @param position the first record that begins here or later is not looked at any more
     * @return this collector
     */
    public WalActivityCollector until(Lsn position) {
        this.until = position;
        return this;
    }

    /**
     * Limits how many committed transactions are listed. The others are counted.
     *
     * @param most at least 0; by default 10000
     * @return this collector
     * @throws IllegalArgumentException for less than 0
     */
    public WalActivityCollector transactions(int most) {
        checkArgument(most >= 0, "not a number of transactions: %s", most);
        this.transactions = most;
        return this;
    }

    /**
     * Sets the listener that receives how far reading got. What it throws ends {@link #collect()}.
     *
     * @param bytes receives the number of bytes of WAL read so far, about once for each few segments
     * @return this collector
     */
    public WalActivityCollector progress(LongConsumer bytes) {
        this.progress = bytes;
        return this;
    }

    /**
     * Reads the WAL, in the caller's thread.
     *
     * @return what it did
     * @throws IOException if the source has a segment and cannot read it
     * @throws org.pgrewind4j.wal.WalCorruptException if a record's CRC is good and its content is not of the release's
     *     form
     */
    public WalActivity collect() throws IOException {
        ActivityFindings findings = new ActivityFindings(version, transactions);
        try (WalCursor cursor = new WalCursor(source, version, segmentSize, history)) {
            cursor.seekFirst(from, until);
            long told = from.value();
            while (cursor.next()) {
                findings.take(cursor);
                if (cursor.begin() - told >= PROGRESS) {
                    told = cursor.begin();
                    progress.accept(told - from.value());
                }
            }
            WalActivity activity = findings.toActivity(from, cursor.endOfWal());
            progress.accept(activity.bytes());
            return activity;
        }
    }
}
