package org.pgrewind4j.wal.control;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.WalLevel;

/** Reads one {@link CheckPoint}; the layout is in {@link CheckPointField}. */
final class CheckPointParser {
    private final StructReader<CheckPointField> fields;

    CheckPointParser(StructReader<CheckPointField> fields) {
        this.fields = fields;
    }

    CheckPoint parse() {
        return new CheckPoint(
                fields.lsn(CheckPointField.REDO),
                timeline(CheckPointField.TIMELINE),
                timeline(CheckPointField.PREVIOUS_TIMELINE),
                fields.bool(CheckPointField.FULL_PAGE_WRITES),
                walLevel(),
                nextXid(),
                fields.int32(CheckPointField.NEXT_OID),
                fields.int32(CheckPointField.NEXT_MULTI),
                fields.int32(CheckPointField.NEXT_MULTI_OFFSET),
                fields.int32(CheckPointField.OLDEST_XID),
                fields.int32(CheckPointField.OLDEST_XID_DATABASE),
                fields.int32(CheckPointField.OLDEST_MULTI),
                fields.int32(CheckPointField.OLDEST_MULTI_DATABASE),
                time(),
                fields.int32(CheckPointField.OLDEST_COMMIT_TIMESTAMP_XID),
                fields.int32(CheckPointField.NEWEST_COMMIT_TIMESTAMP_XID),
                fields.int32(CheckPointField.OLDEST_ACTIVE_XID));
    }

    private TimelineId timeline(CheckPointField field) {
        int bits = fields.int32(field);
        if (bits == 0) {
            throw new MalformedCheckPointException("timeline 1 to 4294967295", "0");
        }
        return TimelineId.ofBits(bits);
    }

    private @Nullable WalLevel walLevel() {
        if (!fields.has(CheckPointField.WAL_LEVEL)) {
            return null;
        }
        int number = fields.int32(CheckPointField.WAL_LEVEL);
        return WalLevel.ofNumber(number)
                .orElseThrow(() -> new MalformedCheckPointException("wal_level 0 to 2", Integer.toString(number)));
    }

    /** Up to 11 the epoch and the id are two numbers, from 12 on one. */
    private long nextXid() {
        return fields.has(CheckPointField.NEXT_FULL_XID)
                ? fields.int64(CheckPointField.NEXT_FULL_XID)
                : Integer.toUnsignedLong(fields.int32(CheckPointField.NEXT_XID_EPOCH)) << 32
                        | Integer.toUnsignedLong(fields.int32(CheckPointField.NEXT_XID));
    }

    private Instant time() {
        long seconds = fields.int64(CheckPointField.TIME);
        if (seconds < Instant.MIN.getEpochSecond() || seconds > Instant.MAX.getEpochSecond()) {
            throw new MalformedCheckPointException("time in seconds since 1970", Long.toString(seconds));
        }
        return Instant.ofEpochSecond(seconds);
    }
}
