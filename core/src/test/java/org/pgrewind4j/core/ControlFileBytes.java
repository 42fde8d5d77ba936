package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Control files as no server would write them, for PostgreSQL 17: made from nothing, or changed byte by byte. The offsets
 * are those of its {@code src/include/catalog/pg_control.h}.
 */
public final class ControlFileBytes {

    private static final int CONTROL_VERSION = 8;
    private static final int CATALOG_VERSION = 12;
    private static final int STATE = 16;
    private static final int CHECK_POINT = 32;
    private static final int REDO = 40;
    private static final int TIMELINE = 48;
    private static final int PREVIOUS_TIMELINE = 52;
    private static final int FULL_PAGE_WRITES = 56;
    private static final int WAL_LEVEL = 172;
    private static final int LOGICAL = 2;
    private static final int SHUT_DOWN = 1;
    private static final int FLOAT_FORMAT = 208;
    private static final int BLOCK_SIZE = 216;
    private static final int RELATION_SEGMENT_BLOCKS = 220;
    private static final int WAL_BLOCK_SIZE = 224;
    private static final int WAL_SEGMENT_SIZE = 228;
    private static final int DATA_CHECKSUM_VERSION = 252;
    private static final int CRC = 288;

    private final ByteBuffer bytes;

    private ControlFileBytes(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A primary that was stopped cleanly on timeline 1, with checksums. */
    public static ControlFileBytes stopped() {
        ControlFileBytes file = new ControlFileBytes(new byte[ControlFile.SIZE]);
        file.bytes.putLong(0, 7);
        file.bytes.putInt(CONTROL_VERSION, PostgresVersion.V17.controlVersion());
        file.bytes.putInt(CATALOG_VERSION, PostgresVersion.V17.catalogVersion());
        file.bytes.putInt(STATE, SHUT_DOWN);
        file.bytes.putInt(TIMELINE, 1);
        file.bytes.putInt(PREVIOUS_TIMELINE, 1);
        file.bytes.put(FULL_PAGE_WRITES, (byte) 1);
        file.bytes.putInt(WAL_LEVEL, LOGICAL);
        file.bytes.putDouble(FLOAT_FORMAT, 1234567.0);
        file.bytes.putInt(BLOCK_SIZE, 8192);
        file.bytes.putInt(RELATION_SEGMENT_BLOCKS, 131072);
        file.bytes.putInt(WAL_BLOCK_SIZE, 8192);
        file.bytes.putInt(WAL_SEGMENT_SIZE, 16 << 20);
        file.bytes.putInt(DATA_CHECKSUM_VERSION, 1);
        return file;
    }

    static ControlFileBytes of(Path dataDirectory) throws IOException {
        return new ControlFileBytes(Files.readAllBytes(file(dataDirectory)));
    }

    private static Path file(Path dataDirectory) {
        return DataPath.CONTROL_FILE.in(dataDirectory);
    }

    public ControlFileBytes systemIdentifier(long identifier) {
        bytes.putLong(0, identifier);
        return this;
    }

    public ControlFileBytes checkPoint(Lsn redo, Lsn record) {
        bytes.putLong(REDO, redo.value());
        bytes.putLong(CHECK_POINT, record.value());
        return this;
    }

    ControlFileBytes walLevel(int level) {
        bytes.putInt(WAL_LEVEL, level);
        return this;
    }

    ControlFileBytes blockSize(int size) {
        bytes.putInt(BLOCK_SIZE, size);
        return this;
    }

    ControlFileBytes relationSegmentBlocks(int blocks) {
        bytes.putInt(RELATION_SEGMENT_BLOCKS, blocks);
        return this;
    }

    ControlFileBytes walBlockSize(int size) {
        bytes.putInt(WAL_BLOCK_SIZE, size);
        return this;
    }

    ControlFileBytes walSegmentSize(int size) {
        bytes.putInt(WAL_SEGMENT_SIZE, size);
        return this;
    }

    public ControlFileBytes dataChecksumVersion(int version) {
        bytes.putInt(DATA_CHECKSUM_VERSION, version);
        return this;
    }

    ControlFileBytes fullPageWritesOff() {
        bytes.put(FULL_PAGE_WRITES, (byte) 0);
        return this;
    }

    public ControlFile build() {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, CRC);
        bytes.putInt(CRC, (int) crc.getValue());
        return ControlFile.parse(bytes.array());
    }

    void writeTo(Path dataDirectory) throws IOException {
        write(build(), dataDirectory);
    }

    static void write(ControlFile controlFile, Path dataDirectory) throws IOException {
        Files.write(file(dataDirectory), controlFile.toBytes());
    }

    static ControlFile read(Path dataDirectory) throws IOException {
        return ControlFile.parse(Files.readAllBytes(file(dataDirectory)));
    }
}
