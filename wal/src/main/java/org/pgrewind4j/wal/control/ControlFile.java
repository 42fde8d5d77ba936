package org.pgrewind4j.wal.control;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.UnsupportedVersionException;

/**
 * The control file of a cluster, {@code global/pg_control}: what the cluster is, and from where its recovery starts.
 *
 * <p>It keeps the file's bytes: {@link #patch} changes single fields and leaves all other bytes as the server wrote
 * them. Immutable.
 *
 * <p>PostgreSQL: {@code src/include/catalog/pg_control.h}, {@code ControlFileData}.
 */
public final class ControlFile {

    /** The length of every control file in bytes; releases differ in how much of it they use. */
    public static final int SIZE = 8192;

    private static final int CONTROL_VERSION_OFFSET = 8;
    private static final int CATALOG_VERSION_OFFSET = 12;
    private static final int NONCE_LENGTH = 32;

    private final byte[] bytes;
    private final PostgresVersion version;
    private final StructReader<ControlFileField> fields;
    private final ClusterState state;
    private final Instant time;
    private final CheckPoint checkPointCopy;
    private final Optional<TimelineId> minRecoveryPointTimeline;
    private final ServerSettings settings;
    private final ClusterFormat format;

    private ControlFile(byte[] bytes, PostgresVersion version) {
        ByteBuffer buffer = littleEndian(bytes);
        ControlFileParser parser = new ControlFileParser(buffer, version);
        this.bytes = bytes;
        this.version = version;
        this.fields = new StructReader<>(buffer, 0, ControlLayouts.controlFile(version));
        this.state = parser.state();
        this.time = parser.time();
        this.checkPointCopy = parser.checkPointCopy();
        this.minRecoveryPointTimeline = parser.minRecoveryPointTimeline();
        this.settings = parser.settings();
        this.format = parser.format();
    }

    /**
     * Reads a control file.
     *
     * @param bytes the whole file
     * @return the control file; it keeps a copy of the bytes
     * @throws UnsupportedVersionException if no supported release writes such a file
     * @throws ControlFileException if the size or the CRC is wrong, or a field holds an impossible value
     * @throws MalformedCheckPointException if a field of the checkpoint's copy holds an impossible value
     */
    public static ControlFile parse(byte[] bytes) {
        requireNonNull(bytes, "bytes");
        if (bytes.length != SIZE) {
            throw ControlFileException.wrongSize(SIZE, bytes.length);
        }
        byte[] copy = bytes.clone();
        ByteBuffer buffer = littleEndian(copy);
        PostgresVersion version = PostgresVersion.ofControlFile(
                buffer.getInt(CONTROL_VERSION_OFFSET), buffer.getInt(CATALOG_VERSION_OFFSET));
        int stored = buffer.getInt(crcOffset(version));
        int computed = crc(copy, version);
        if (stored != computed) {
            throw ControlFileException.wrongCrc(stored, computed);
        }
        return new ControlFile(copy, version);
    }

    static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static int crcOffset(PostgresVersion version) {
        return ControlLayouts.controlFile(version).offset(ControlFileField.CRC);
    }

    /** The CRC-32C of all fields; the CRC is the last one. */
    static int crc(byte[] bytes, PostgresVersion version) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, crcOffset(version));
        return (int) crc.getValue();
    }

    /**
     * Starts a changed copy.
     *
     * @return a patch of this control file
     */
    public ControlFilePatch patch() {
        return new ControlFilePatch(bytes.clone(), version);
    }

    /**
     * The file.
     *
     * @return a new array of {@link #SIZE} bytes
     */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /**
     * The release that wrote the file.
     *
     * @return the release
     */
    public PostgresVersion version() {
        return version;
    }

    /**
     * The number that a cluster and all its standbys share.
     *
     * @return an unsigned 64-bit number
     */
    public long systemIdentifier() {
        return fields.int64(ControlFileField.SYSTEM_IDENTIFIER);
    }

    /**
     * What the server was doing when it last wrote the file.
     *
     * @return the state
     */
    public ClusterState state() {
        return state;
    }

    /**
     * When the server last wrote the file.
     *
     * @return the time in whole seconds
     */
    public Instant time() {
        return time;
    }

    /**
     * Where the last checkpoint record, or on a standby the last restartpoint's, begins.
     *
     * @return the record's position
     */
    public Lsn checkPoint() {
        return fields.lsn(ControlFileField.CHECK_POINT);
    }

    /**
     * Where the checkpoint record before the last one begins.
     *
     * @return the record's position; empty from 11 on
     */
    public Optional<Lsn> previousCheckPoint() {
        return fields.has(ControlFileField.PREVIOUS_CHECK_POINT)
                ? Optional.of(fields.lsn(ControlFileField.PREVIOUS_CHECK_POINT))
                : Optional.empty();
    }

    /**
     * What the record at {@link #checkPoint} says.
     *
     * @return the checkpoint
     */
    public CheckPoint checkPointCopy() {
        return checkPointCopy;
    }

    /**
     * A counter for pages that are not in WAL.
     *
     * @return the counter
     */
    public Lsn unloggedLsn() {
        return fields.lsn(ControlFileField.UNLOGGED_LSN);
    }

    /**
     * The position up to which WAL must be replayed before the data is consistent.
     *
     * @return the position, or {@link Lsn#INVALID} if recovery ends where WAL ends
     */
    public Lsn minRecoveryPoint() {
        return fields.lsn(ControlFileField.MIN_RECOVERY_POINT);
    }

    /**
     * The timeline that {@link #minRecoveryPoint} lies on.
     *
     * @return the timeline, or empty if there is no such position
     */
    public Optional<TimelineId> minRecoveryPointTimeline() {
        return minRecoveryPointTimeline;
    }

    /**
     * The redo pointer of the backup that is being replayed.
     *
     * @return the position, or {@link Lsn#INVALID} if no backup is being replayed
     */
    public Lsn backupStartPoint() {
        return fields.lsn(ControlFileField.BACKUP_START_POINT);
    }

    /**
     * The end of the backup, taken from a standby, that is being replayed.
     *
     * @return the position, or {@link Lsn#INVALID} if no such backup is being replayed
     */
    public Lsn backupEndPoint() {
        return fields.lsn(ControlFileField.BACKUP_END_POINT);
    }

    /**
     * Whether the data is consistent only after replay has met the record that ends the backup.
     *
     * @return true while such a backup is being replayed
     */
    public boolean backupEndRequired() {
        return fields.bool(ControlFileField.BACKUP_END_REQUIRED);
    }

    /**
     * The server's parameters that standbys depend on.
     *
     * @return the parameters
     */
    public ServerSettings settings() {
        return settings;
    }

    /**
     * How the cluster's files are written.
     *
     * @return all sizes and formats
     */
    public ClusterFormat format() {
        return format;
    }

    /**
     * Whether changes of hint bits are in WAL because the server was told so.
     *
     * @return the parameter {@code wal_log_hints}
     */
    public boolean walLogHints() {
        return settings.walLogHints();
    }

    /**
     * Whether data pages have checksums, so that changes of hint bits are in WAL too.
     *
     * @return true if they have
     */
    public boolean hasDataChecksums() {
        return format.dataChecksumVersion() != 0;
    }

    /**
     * The version of the data page checksums.
     *
     * @return 0 for none
     */
    public int dataChecksumVersion() {
        return format.dataChecksumVersion();
    }

    /**
     * The size of a relation's block.
     *
     * @return bytes: a power of two from 1024 to 32768
     */
    public int blockSize() {
        return format.blockSize();
    }

    /**
     * The blocks in one file of a large relation.
     *
     * @return blocks, greater than 0
     */
    public int relationSegmentBlocks() {
        return format.relationSegmentBlocks();
    }

    /**
     * The size of a WAL page.
     *
     * @return bytes: a power of two from 1024 to 65536
     */
    public int walBlockSize() {
        return format.walBlockSize();
    }

    /**
     * The size of a WAL segment.
     *
     * @return bytes: a power of two from 1 MB to 1 GB
     */
    public int walSegmentSize() {
        return format.walSegmentSize();
    }

    /**
     * A random number that the server answers unknown users with.
     *
     * @return 64 hexadecimal digits; empty before 10
     */
    public Optional<String> mockAuthenticationNonce() {
        return fields.has(ControlFileField.MOCK_AUTHENTICATION_NONCE)
                ? Optional.of(HexFormat.of()
                        .formatHex(fields.bytes(ControlFileField.MOCK_AUTHENTICATION_NONCE, NONCE_LENGTH)))
                : Optional.empty();
    }
}
