package org.pgrewind4j.wal.record;

import java.nio.ByteBuffer;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.control.CheckPoint;

/**
 * A checkpoint as a WAL record (resource manager XLOG, type CHECKPOINT_SHUTDOWN or CHECKPOINT_ONLINE).
 *
 * @param begin where the record begins, the position that a control file or a backup label names
 * @param end where the record ends, rounded up to the next record's alignment
 * @param shutdown whether it is a CHECKPOINT_SHUTDOWN, whose redo pointer is the record itself
 * @param checkPoint what the record says
 */
public record CheckpointRecord(Lsn begin, Lsn end, boolean shutdown, CheckPoint checkPoint) {

    private static final int SHUTDOWN = 0x00;
    private static final int ONLINE = 0x10;
    private static final int KIND_MASK = 0xF0;

    /**
     * Whether a record is a checkpoint.
     *
     * @param resourceManager the number of its resource manager
     * @param info its info byte
     * @return whether it is
     */
    public static boolean isCheckpoint(int resourceManager, int info) {
        int kind = info & KIND_MASK;
        return resourceManager == 0 && (kind == SHUTDOWN || kind == ONLINE);
    }

    /**
     * Reads a record that is a checkpoint.
     *
     * @param mainData its main data, little-endian
     * @param info its info byte
     * @param begin where it begins
     * @param end where it ends
     * @param version the release that wrote it
     * @return the checkpoint
     * @throws WalCorruptException if it is too short, or its redo pointer lies behind it
     */
    public static CheckpointRecord parse(ByteBuffer mainData, int info, Lsn begin, Lsn end, PostgresVersion version) {
        int size = CheckPoint.size(version);
        if (mainData.remaining() < size) {
            throw new WalCorruptException(
                    begin, "its main data has " + mainData.remaining() + " bytes, expected at least " + size);
        }
        CheckPoint checkPoint = CheckPoint.parse(mainData, mainData.position(), version);
        if (checkPoint.redo().isAfter(begin)) {
            throw new WalCorruptException(begin, "its redo pointer " + checkPoint.redo() + " is behind it");
        }
        return new CheckpointRecord(begin, end, (info & KIND_MASK) == SHUTDOWN, checkPoint);
    }
}
