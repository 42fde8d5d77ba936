package org.pgrewind4j.wal.control;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalLevel;

/**
 * What a checkpoint record says, of which the control file holds a copy (PostgreSQL:
 * {@code src/include/catalog/pg_control.h}, {@code CheckPoint}). Transaction ids, multixact ids and OIDs are unsigned
 * 32-bit numbers held in an {@code int}.
 *
 * @param redo where replay has to start from
 * @param timeline the timeline that the record lies on
 * @param previousTimeline the timeline before, if the record begins a timeline; else equal to {@code timeline}
 * @param fullPageWrites whether {@code full_page_writes} was on
 * @param walLevel {@code wal_level} at that time; null before 17
 * @param nextXid the next transaction id: its epoch in the upper 32 bits, the id in the lower
 * @param nextOid the next OID
 * @param nextMulti the next multixact id
 * @param nextMultiOffset the next offset into the multixact members
 * @param oldestXid the oldest transaction id that a database's rows may hold
 * @param oldestXidDatabase the OID of that database
 * @param oldestMulti the oldest multixact id that a database's rows may hold
 * @param oldestMultiDatabase the OID of that database
 * @param time when the checkpoint began, in whole seconds
 * @param oldestCommitTimestampXid the oldest transaction id with a commit time, or 0
 * @param newestCommitTimestampXid the newest transaction id with a commit time, or 0
 * @param oldestActiveXid the oldest running transaction id, for a standby's start; 0 if not known
 */
public record CheckPoint(
        Lsn redo,
        TimelineId timeline,
        TimelineId previousTimeline,
        boolean fullPageWrites,
        @Nullable WalLevel walLevel,
        long nextXid,
        int nextOid,
        int nextMulti,
        int nextMultiOffset,
        int oldestXid,
        int oldestXidDatabase,
        int oldestMulti,
        int oldestMultiDatabase,
        Instant time,
        int oldestCommitTimestampXid,
        int newestCommitTimestampXid,
        int oldestActiveXid) {

    /** For logs: as {@code pg_waldump} prints it, with the numbers unsigned that are so. */
    @Override
    public String toString() {
        return "redo " + redo + "; tli " + timeline + "; prev tli " + previousTimeline + "; fpw " + fullPageWrites
                + (walLevel == null ? "" : "; wal_level " + walLevel) + "; xid " + (nextXid >>> 32) + ":"
                + (nextXid & 0xFFFF_FFFFL) + "; oid " + Integer.toUnsignedString(nextOid) + "; multi "
                + Integer.toUnsignedString(nextMulti) + "; offset " + Integer.toUnsignedString(nextMultiOffset)
                + "; oldest xid " + Integer.toUnsignedString(oldestXid) + " in DB "
                + Integer.toUnsignedString(oldestXidDatabase) + "; oldest multi "
                + Integer.toUnsignedString(oldestMulti) + " in DB " + Integer.toUnsignedString(oldestMultiDatabase)
                + "; oldest/newest commit timestamp xid: " + Integer.toUnsignedString(oldestCommitTimestampXid) + "/"
                + Integer.toUnsignedString(newestCommitTimestampXid) + "; oldest running xid "
                + Integer.toUnsignedString(oldestActiveXid) + "; time " + time;
    }

    /**
     * The bytes that a checkpoint takes.
     *
     * @param version the release that wrote it
     * @return a number of bytes
     */
    public static int size(PostgresVersion version) {
        return ControlLayouts.checkPoint(version).size();
    }

    /**
     * Reads a checkpoint.
     *
     * @param bytes little-endian; its position does not matter and is kept
     * @param offset of the checkpoint's first byte; {@link #size} bytes must follow
     * @param version the release that wrote it
     * @return the checkpoint
     * @throws MalformedCheckPointException if a value is none that a server writes
     */
    public static CheckPoint parse(ByteBuffer bytes, int offset, PostgresVersion version) {
        return new CheckPointParser(new StructReader<>(bytes, offset, ControlLayouts.checkPoint(version))).parse();
    }
}
