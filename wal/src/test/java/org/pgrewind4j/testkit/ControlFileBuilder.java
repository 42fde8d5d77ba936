package org.pgrewind4j.testkit;

import static org.pgrewind4j.wal.PostgresVersion.V10;
import static org.pgrewind4j.wal.PostgresVersion.V11;
import static org.pgrewind4j.wal.PostgresVersion.V12;
import static org.pgrewind4j.wal.PostgresVersion.V13;
import static org.pgrewind4j.wal.PostgresVersion.V17;
import static org.pgrewind4j.wal.PostgresVersion.V18;

import java.time.Instant;
import java.util.zip.CRC32C;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Makes a control file of any release, as {@code initdb} and a server on x86-64 would leave it: what is not set is as after a
 * clean stop of a fresh cluster. It writes the struct in the order of its declaration, and so knows the layout from elsewhere
 * than the library, which has a table of offsets: each shows a mistake of the other.
 *
 * <p>PostgreSQL: {@code src/include/catalog/pg_control.h}, {@code ControlFileData} and {@code CheckPoint}. Not safe for
 * several threads.
 */
public final class ControlFileBuilder {

    private static final int REPLICA = 1;
    private static final double FLOAT_FORMAT = 1234567.0;

    private final PostgresVersion version;
    private long systemIdentifier = 0x5EED;
    private ClusterState state = ClusterState.SHUT_DOWN;
    private Instant time = Instant.parse("2026-01-01T00:00:00Z");
    private Lsn checkPoint = Lsn.parse("0/1000028");
    private Lsn redo = Lsn.parse("0/1000028");
    private TimelineId timeline = new TimelineId(1);
    private TimelineId previousTimeline = new TimelineId(1);
    private boolean fullPageWrites = true;
    private long nextTransaction = 700;
    private Lsn minRecoveryPoint = Lsn.INVALID;
    private int minRecoveryPointTimeline;
    private Lsn backupStart = Lsn.INVALID;
    private Lsn backupEnd = Lsn.INVALID;
    private boolean backupEndRequired;
    private boolean walLogHints;
    private int dataChecksumVersion;
    private int walSegmentSize = 16 << 20;

    private ControlFileBuilder(PostgresVersion version) {
        this.version = version;
    }

    /**
     * Starts with the control file of a fresh cluster that was stopped cleanly.
     *
     * @param version its release
     * @return a new builder
     */
    public static ControlFileBuilder of(PostgresVersion version) {
        return new ControlFileBuilder(version);
    }

    /**
     * Sets the number that a cluster and all its standbys share.
     *
     * @param identifier the system identifier; 0x5EED unless set
     * @return this
     */
    public ControlFileBuilder systemIdentifier(long identifier) {
        systemIdentifier = identifier;
        return this;
    }

    /**
     * Sets what the server was doing when it last wrote the file.
     *
     * @param doing the state; shut down unless set
     * @return this
     */
    public ControlFileBuilder state(ClusterState doing) {
        state = doing;
        return this;
    }

    /**
     * Sets when the file and its last checkpoint were written.
     *
     * @param written the time in whole seconds
     * @return this
     */
    public ControlFileBuilder time(Instant written) {
        time = written;
        return this;
    }

    /**
     * Sets the last checkpoint.
     *
     * @param record where its record begins
     * @param redoPoint where replay from it starts
     * @return this
     */
    public ControlFileBuilder checkPoint(Lsn record, Lsn redoPoint) {
        checkPoint = record;
        redo = redoPoint;
        return this;
    }

    /**
     * Sets the timeline of the last checkpoint.
     *
     * @param current its timeline; 1 unless set
     * @param previous the one before if the checkpoint begins a timeline, else the same
     * @return this
     */
    public ControlFileBuilder timeline(TimelineId current, TimelineId previous) {
        timeline = current;
        previousTimeline = previous;
        return this;
    }

    /**
     * Makes the last checkpoint one that was taken with {@code full_page_writes} off.
     *
     * @return this
     */
    public ControlFileBuilder withoutFullPageWrites() {
        fullPageWrites = false;
        return this;
    }

    /**
     * Sets the next transaction of the last checkpoint.
     *
     * @param next its id with the epoch in the upper half
     * @return this
     */
    public ControlFileBuilder nextTransaction(long next) {
        nextTransaction = next;
        return this;
    }

    /**
     * Sets how far WAL must be replayed before the data is consistent.
     *
     * @param end the position; {@link Lsn#INVALID} unless set, which is where WAL ends
     * @param on the timeline that it lies on
     * @return this
     */
    public ControlFileBuilder minRecoveryPoint(Lsn end, TimelineId on) {
        minRecoveryPoint = end;
        minRecoveryPointTimeline = on.bits();
        return this;
    }

    /**
     * Makes it the control file of a backup that is being replayed, until its end record.
     *
     * @param start the redo pointer that the backup began with
     * @return this
     */
    public ControlFileBuilder replayingBackupFrom(Lsn start) {
        backupStart = start;
        backupEndRequired = true;
        return this;
    }

    /**
     * Makes it the control file of a standby's backup that is being replayed.
     *
     * @param start the redo pointer that the backup began with
     * @param end where it ends
     * @return this
     */
    public ControlFileBuilder replayingBackup(Lsn start, Lsn end) {
        backupStart = start;
        backupEnd = end;
        return this;
    }

    /**
     * Sets {@code wal_log_hints} to on.
     *
     * @return this
     */
    public ControlFileBuilder walLogHints() {
        walLogHints = true;
        return this;
    }

    /**
     * Gives the data pages checksums.
     *
     * @return this
     */
    public ControlFileBuilder dataChecksums() {
        dataChecksumVersion = 1;
        return this;
    }

    /**
     * Sets the size of WAL segments.
     *
     * @param bytes a power of two from 1 MB to 1 GB; 16 MB unless set
     * @return this
     */
    public ControlFileBuilder walSegmentSize(int bytes) {
        walSegmentSize = bytes;
        return this;
    }

    /**
     * The file's bytes.
     *
     * @return a new array of {@link ControlFile#SIZE} bytes, with a right CRC
     */
    public byte[] toBytes() {
        byte[] bytes = new byte[ControlFile.SIZE];
        AlignedFields fields = new AlignedFields(bytes);
        fields.int64(systemIdentifier)
                .int32(version.controlVersion())
                .int32(version.catalogVersion())
                .int32(number(state))
                .int64(time.getEpochSecond())
                .int64(checkPoint.value());
        if (!version.isAtLeast(V11)) {
            fields.int64(checkPoint.value());
        }
        checkPointCopy(fields);
        recovery(fields);
        settings(fields);
        format(fields);
        int end = fields.align(4).position();
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, end);
        fields.int32((int) crc.getValue());
        return bytes;
    }

    /** The numbers of {@code DBState}. */
    private static int number(ClusterState state) {
        return switch (state) {
            case STARTUP -> 0;
            case SHUT_DOWN -> 1;
            case SHUT_DOWN_IN_RECOVERY -> 2;
            case SHUTTING_DOWN -> 3;
            case IN_CRASH_RECOVERY -> 4;
            case IN_ARCHIVE_RECOVERY -> 5;
            case IN_PRODUCTION -> 6;
        };
    }

    private void checkPointCopy(AlignedFields fields) {
        fields.int64(redo.value())
                .int32(timeline.bits())
                .int32(previousTimeline.bits())
                .bool(fullPageWrites);
        if (version.isAtLeast(V17)) {
            fields.int32(REPLICA);
        }
        if (version.isAtLeast(V12)) {
            fields.int64(nextTransaction);
        } else {
            fields.int32((int) (nextTransaction >>> 32)).int32((int) nextTransaction);
        }
        int firstUserOid = 16_384;
        int template1 = 1;
        fields.int32(firstUserOid)
                // The next multixact and its offset.
                .int32(1)
                .int32(0)
                // The oldest transaction and the oldest multixact, each with its database.
                .int32(3)
                .int32(template1)
                .int32(1)
                .int32(template1)
                .int64(time.getEpochSecond())
                // Transactions with a commit time, and the oldest active one.
                .int32(0)
                .int32(0)
                .int32(0)
                .align(8);
    }

    private void recovery(AlignedFields fields) {
        long firstUnlogged = version.isAtLeast(V12) ? 1000 : 1;
        fields.int64(firstUnlogged)
                .int64(minRecoveryPoint.value())
                .int32(minRecoveryPointTimeline)
                .int64(backupStart.value())
                .int64(backupEnd.value())
                .bool(backupEndRequired);
    }

    private void settings(AlignedFields fields) {
        // Connections, worker processes, WAL senders, prepared transactions, locks.
        fields.int32(REPLICA).bool(walLogHints).int32(100).int32(8);
        if (version.isAtLeast(V12)) {
            fields.int32(10);
        }
        fields.int32(0).int32(64).bool(false);
    }

    private void format(AlignedFields fields) {
        int maxAlignment = 8;
        int blockSize = 8192;
        int relationSegmentBlocks = 131_072;
        int walBlockSize = 8192;
        fields.int32(maxAlignment)
                .float64(FLOAT_FORMAT)
                .int32(blockSize)
                .int32(relationSegmentBlocks)
                .int32(walBlockSize)
                .int32(walSegmentSize)
                // Bytes of an identifier, columns of an index, sizes of TOAST chunks and of large objects' chunks.
                .int32(64)
                .int32(32)
                .int32(1996)
                .int32(2048);
        if (!version.isAtLeast(V10)) {
            // 64-bit dates and times.
            fields.bool(true);
        }
        if (!version.isAtLeast(V13)) {
            // float4 by value.
            fields.bool(true);
        }
        // float8 by value.
        fields.bool(true).int32(dataChecksumVersion);
        if (version.isAtLeast(V18)) {
            // Signed characters.
            fields.bool(true);
        }
        if (version.isAtLeast(V10)) {
            int nonce = 32;
            fields.skip(nonce);
        }
    }

    /**
     * The control file, read by the library.
     *
     * @return the control file
     */
    public ControlFile build() {
        return ControlFile.parse(toBytes());
    }
}
