package org.pgrewind4j.wal.control;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;

/**
 * Changes single fields of a control file. All other bytes stay as they are, those that the library has no name for
 * included; {@link #build} computes the CRC again. Not safe for several threads.
 */
public final class ControlFilePatch {
    private final byte[] bytes;
    private final ByteBuffer buffer;
    private final PostgresVersion version;
    private final StructLayout<ControlFileField> layout;

    ControlFilePatch(byte[] bytes, PostgresVersion version) {
        this.bytes = bytes;
        this.buffer = ControlFile.littleEndian(bytes);
        this.version = version;
        this.layout = ControlLayouts.controlFile(version);
    }

    /**
     * Sets what the cluster's server was doing.
     *
     * @param state the state
     * @return this
     */
    public ControlFilePatch state(ClusterState state) {
        return int32(ControlFileField.STATE, state.number());
    }

    /**
     * Sets when the file was written.
     *
     * @param time the time; fractions of a second are dropped
     * @return this
     */
    public ControlFilePatch time(Instant time) {
        return int64(ControlFileField.TIME, time.getEpochSecond());
    }

    /**
     * Takes the last checkpoint from another cluster: where its record begins, and the copy of what it says.
     *
     * @param other a control file of the same release
     * @return this
     * @throws IllegalArgumentException if the other control file is of another release
     */
    public ControlFilePatch checkPointOf(ControlFile other) {
        if (other.version() != version) {
            throw new IllegalArgumentException(
                    "cannot take the checkpoint of " + other.version() + " into a control file of " + version);
        }
        buffer.put(
                layout.offset(ControlFileField.CHECK_POINT_COPY),
                other.toBytes(),
                layout.offset(ControlFileField.CHECK_POINT_COPY),
                CheckPoint.size(version));
        return checkPoint(other.checkPoint());
    }

    /**
     * Sets where the last checkpoint record begins, and leaves the copy of what it says.
     *
     * @param begin the record's position
     * @return this
     */
    public ControlFilePatch checkPoint(Lsn begin) {
        return lsn(ControlFileField.CHECK_POINT, begin);
    }

    /**
     * Sets the redo pointer in the copy of what the last checkpoint says.
     *
     * @param redo the position
     * @param timeline the timeline of the checkpoint
     * @return this
     */
    public ControlFilePatch redo(Lsn redo, TimelineId timeline) {
        StructLayout<CheckPointField> copy = ControlLayouts.checkPoint(version);
        int begin = layout.offset(ControlFileField.CHECK_POINT_COPY);
        buffer.putLong(begin + copy.offset(CheckPointField.REDO), redo.value());
        buffer.putInt(begin + copy.offset(CheckPointField.TIMELINE), timeline.bits());
        return this;
    }

    /**
     * Sets the position up to which WAL must be replayed before the data is consistent.
     *
     * @param end the position
     * @param timeline the timeline it lies on
     * @return this
     */
    public ControlFilePatch minRecoveryPoint(Lsn end, TimelineId timeline) {
        lsn(ControlFileField.MIN_RECOVERY_POINT, end);
        return int32(ControlFileField.MIN_RECOVERY_POINT_TIMELINE, timeline.bits());
    }

    /**
     * Sets the redo pointer of the backup that is being replayed.
     *
     * @param redo the position, or {@link Lsn#INVALID} for no backup
     * @return this
     */
    public ControlFilePatch backupStartPoint(Lsn redo) {
        return lsn(ControlFileField.BACKUP_START_POINT, redo);
    }

    /**
     * Sets the end of the backup, taken from a standby, that is being replayed.
     *
     * @param end the position, or {@link Lsn#INVALID} for no such backup
     * @return this
     */
    public ControlFilePatch backupEndPoint(Lsn end) {
        return lsn(ControlFileField.BACKUP_END_POINT, end);
    }

    /**
     * Makes the data consistent only after replay has met the record that ends the backup.
     *
     * @return this
     */
    public ControlFilePatch backupEndRequired() {
        return bool(ControlFileField.BACKUP_END_REQUIRED, (byte) 1);
    }

    /**
     * Makes the data consistent without a record that ends a backup.
     *
     * @return this
     */
    public ControlFilePatch backupEndNotRequired() {
        return bool(ControlFileField.BACKUP_END_REQUIRED, (byte) 0);
    }

    /**
     * Sets the server's parameter {@code wal_log_hints} to on.
     *
     * @return this
     */
    public ControlFilePatch walLogHintsOn() {
        return bool(ControlFileField.WAL_LOG_HINTS, (byte) 1);
    }

    /**
     * Sets the server's parameter {@code wal_log_hints} to off.
     *
     * @return this
     */
    public ControlFilePatch walLogHintsOff() {
        return bool(ControlFileField.WAL_LOG_HINTS, (byte) 0);
    }

    /**
     * Computes the CRC.
     *
     * @return the changed control file
     */
    public ControlFile build() {
        buffer.putInt(layout.offset(ControlFileField.CRC), ControlFile.crc(bytes, version));
        return ControlFile.parse(bytes);
    }

    private ControlFilePatch lsn(ControlFileField field, Lsn value) {
        return int64(field, value.value());
    }

    private ControlFilePatch int64(ControlFileField field, long value) {
        buffer.putLong(layout.offset(field), value);
        return this;
    }

    private ControlFilePatch int32(ControlFileField field, int value) {
        buffer.putInt(layout.offset(field), value);
        return this;
    }

    private ControlFilePatch bool(ControlFileField field, byte value) {
        buffer.put(layout.offset(field), value);
        return this;
    }
}
