package org.pgrewind4j.wal.framing;

import org.pgrewind4j.wal.PostgresVersion;

/**
 * What differs between releases in WAL records. The record header and the order of the headers that follow it have been
 * the same since 9.5; a row holds from its release on, until the next row.
 *
 * <table>
 * <caption>Facts of each row</caption>
 * <tr><th>fact</th><th>PostgreSQL</th></tr>
 * <tr><td>image flags</td><td>{@code src/include/access/xlogrecord.h}, {@code BKPIMAGE_*}</td></tr>
 * <tr><td>block id of the top-level transaction id</td><td>the same, {@code XLR_BLOCK_ID_TOPLEVEL_XID}</td></tr>
 * <tr><td>resource managers</td><td>{@code src/include/access/rmgr.h}, {@code RmgrIdIsValid}</td></tr>
 * <tr><td>database records</td><td>{@code src/include/commands/dbcommands_xlog.h}, {@code XLOG_DBASE_*}</td></tr>
 * </table>
 */
public enum WalLayout {
    SINCE_9_6(PostgresVersion.V9_6, 0x02, WalLayout.ALWAYS, WalLayout.NONE, 21, WalLayout.NONE, 0x10),
    SINCE_10(PostgresVersion.V10, 0x02, 0x04, WalLayout.NONE, 21, WalLayout.NONE, 0x10),
    SINCE_14(PostgresVersion.V14, 0x02, 0x04, 252, 21, WalLayout.NONE, 0x10),
    SINCE_15(PostgresVersion.V15, 0x1C, 0x02, 252, 255, 0x10, 0x20);

    /** A number that no byte has: the release does not know this. */
    static final int NONE = -1;

    /** No flag: replay applies every image. */
    private static final int ALWAYS = 0;

    /** The flag of an image that leaves out the page's hole. */
    static final int IMAGE_HAS_HOLE = 0x01;

    /** {@code CREATE DATABASE} by copying the template's files, the only way up to 14; the same number everywhere. */
    public static final int DATABASE_CREATE_BY_FILE_COPY = 0x00;

    private static final int GREATEST_BUILT_IN = 21;
    private static final int LEAST_CUSTOM = 128;
    private static final WalLayout[] ROWS = values();

    private final PostgresVersion since;
    private final int compressedFlags;
    private final int applyFlag;
    private final int topLevelXidBlockId;
    private final int greatestResourceManager;
    private final int databaseCreateByWal;
    private final int databaseDrop;

    WalLayout(
            PostgresVersion since,
            int compressedFlags,
            int applyFlag,
            int topLevelXidBlockId,
            int greatestResourceManager,
            int databaseCreateByWal,
            int databaseDrop) {
        this.since = since;
        this.compressedFlags = compressedFlags;
        this.applyFlag = applyFlag;
        this.topLevelXidBlockId = topLevelXidBlockId;
        this.greatestResourceManager = greatestResourceManager;
        this.databaseCreateByWal = databaseCreateByWal;
        this.databaseDrop = databaseDrop;
    }

    public static WalLayout of(PostgresVersion version) {
        WalLayout row = SINCE_9_6;
        for (WalLayout candidate : ROWS) {
            if (version.isAtLeast(candidate.since)) {
                row = candidate;
            }
        }
        return row;
    }

    /** Whether replay writes the image over the page; an image that it does not is there for checking only. */
    public boolean isApplied(int imageInfo) {
        return applyFlag == ALWAYS || (imageInfo & applyFlag) != 0;
    }

    public boolean isCompressed(int imageInfo) {
        return (imageInfo & compressedFlags) != 0;
    }

    /** Whether a compressed image is compressed by PostgreSQL's own method, the only one up to 14. */
    public boolean isPglz(int imageInfo) {
        return this != SINCE_15 || (imageInfo & 0x04) != 0;
    }

    /** Whether a compressed image is LZ4; the third method is Zstandard. */
    public boolean isLz4(int imageInfo) {
        return this == SINCE_15 && (imageInfo & 0x08) != 0;
    }

    boolean isResourceManager(int id) {
        return id <= GREATEST_BUILT_IN || (id >= LEAST_CUSTOM && id <= greatestResourceManager);
    }

    /** The block id that announces the top-level transaction id, or {@link #NONE}. */
    int topLevelXidBlockId() {
        return topLevelXidBlockId;
    }

    /** The kind of the database record that creates by logging each block, or {@link #NONE}. */
    public int databaseCreateByWal() {
        return databaseCreateByWal;
    }

    /** The kind of the database record that drops. */
    public int databaseDrop() {
        return databaseDrop;
    }
}
