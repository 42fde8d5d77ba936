package org.pgrewind4j.wal.control;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalLevel;

/** Reads and checks the fields of one control file whose CRC is right; the layout is in {@link ControlFileField}. */
final class ControlFileParser {

    /** Equal in every control file, so that a foreign floating-point format shows (FLOATFORMAT_VALUE). */
    private static final double FLOAT_FORMAT = 1234567.0;

    private final StructReader<ControlFileField> fields;
    private final ByteBuffer bytes;
    private final PostgresVersion version;

    ControlFileParser(ByteBuffer bytes, PostgresVersion version) {
        this.fields = new StructReader<>(bytes, 0, ControlLayouts.controlFile(version));
        this.bytes = bytes;
        this.version = version;
    }

    ClusterState state() {
        int number = fields.int32(ControlFileField.STATE);
        return ClusterState.ofNumber(number)
                .orElseThrow(() -> ControlFileException.impossibleValue(
                        ControlFileField.STATE, "0 to 6", Integer.toString(number)));
    }

    Instant time() {
        long seconds = fields.int64(ControlFileField.TIME);
        check(
                seconds >= Instant.MIN.getEpochSecond() && seconds <= Instant.MAX.getEpochSecond(),
                ControlFileField.TIME,
                "in seconds since 1970",
                seconds);
        return Instant.ofEpochSecond(seconds);
    }

    CheckPoint checkPointCopy() {
        return CheckPoint.parse(
                bytes, ControlLayouts.controlFile(version).offset(ControlFileField.CHECK_POINT_COPY), version);
    }

    Optional<TimelineId> minRecoveryPointTimeline() {
        int bits = fields.int32(ControlFileField.MIN_RECOVERY_POINT_TIMELINE);
        return bits == 0 ? Optional.empty() : Optional.of(TimelineId.ofBits(bits));
    }

    ServerSettings settings() {
        int walLevel = fields.int32(ControlFileField.WAL_LEVEL);
        return new ServerSettings(
                WalLevel.ofNumber(walLevel)
                        .orElseThrow(() -> ControlFileException.impossibleValue(
                                ControlFileField.WAL_LEVEL, "0 to 2", Integer.toString(walLevel))),
                fields.bool(ControlFileField.WAL_LOG_HINTS),
                fields.int32(ControlFileField.MAX_CONNECTIONS),
                fields.int32(ControlFileField.MAX_WORKER_PROCESSES),
                fields.has(ControlFileField.MAX_WAL_SENDERS) ? fields.int32(ControlFileField.MAX_WAL_SENDERS) : null,
                fields.int32(ControlFileField.MAX_PREPARED_TRANSACTIONS),
                fields.int32(ControlFileField.MAX_LOCKS_PER_TRANSACTION),
                fields.bool(ControlFileField.TRACK_COMMIT_TIMESTAMP));
    }

    ClusterFormat format() {
        double floatFormat = fields.float64(ControlFileField.FLOAT_FORMAT);
        if (floatFormat != FLOAT_FORMAT) {
            throw ControlFileException.impossibleValue(
                    ControlFileField.FLOAT_FORMAT, Double.toString(FLOAT_FORMAT), Double.toString(floatFormat));
        }
        int segmentBlocks = fields.int32(ControlFileField.RELATION_SEGMENT_BLOCKS);
        check(segmentBlocks > 0, ControlFileField.RELATION_SEGMENT_BLOCKS, "greater than 0", segmentBlocks);
        return new ClusterFormat(
                fields.int32(ControlFileField.MAX_ALIGNMENT),
                powerOfTwo(ControlFileField.BLOCK_SIZE, 1 << 10, 1 << 15),
                segmentBlocks,
                powerOfTwo(ControlFileField.WAL_BLOCK_SIZE, 1 << 10, 1 << 16),
                powerOfTwo(ControlFileField.WAL_SEGMENT_SIZE, 1 << 20, 1 << 30),
                fields.int32(ControlFileField.IDENTIFIER_LENGTH),
                fields.int32(ControlFileField.INDEX_COLUMNS),
                fields.int32(ControlFileField.TOAST_CHUNK_SIZE),
                fields.int32(ControlFileField.LARGE_OBJECT_CHUNK_SIZE),
                !fields.has(ControlFileField.INTEGER_DATETIMES) || fields.bool(ControlFileField.INTEGER_DATETIMES),
                boolIfAny(ControlFileField.FLOAT4_BY_VALUE),
                fields.bool(ControlFileField.FLOAT8_BY_VALUE),
                fields.int32(ControlFileField.DATA_CHECKSUM_VERSION),
                boolIfAny(ControlFileField.CHAR_SIGNEDNESS));
    }

    private @Nullable Boolean boolIfAny(ControlFileField field) {
        return fields.has(field) ? fields.bool(field) : null;
    }

    /** Sizes are checked here, so that nobody divides by one or allocates by one unchecked. */
    private int powerOfTwo(ControlFileField field, int least, int greatest) {
        int value = fields.int32(field);
        check(
                Integer.bitCount(value) == 1 && value >= least && value <= greatest,
                field,
                "a power of two from " + least + " to " + greatest,
                value);
        return value;
    }

    private static void check(boolean possible, ControlFileField field, String expected, long found) {
        if (!possible) {
            throw ControlFileException.impossibleValue(field, expected, Long.toString(found));
        }
    }
}
