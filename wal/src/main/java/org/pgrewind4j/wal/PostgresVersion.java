package org.pgrewind4j.wal;

/**
 * The major releases of PostgreSQL that the library reads and writes, one row each. Within a major release the formats
 * do not change, so that the minor release does not matter.
 *
 * <p>Files name their release in two ways: a control file by its control version together with its catalog version (13
 * to 16 share control version 1300), a WAL page by its magic number. What is not in the table is refused, never
 * guessed.
 *
 * <p>PostgreSQL: {@code src/include/catalog/pg_control.h}, {@code PG_CONTROL_VERSION};
 * {@code src/include/catalog/catversion.h}, {@code CATALOG_VERSION_NO}; {@code src/include/access/xlog_internal.h},
 * {@code XLOG_PAGE_MAGIC}.
 */
public enum PostgresVersion {
    /** PostgreSQL 9.6. */
    V9_6("9.6", 0xD093, 960, 201608131),
    /** PostgreSQL 10. */
    V10("10", 0xD097, 1002, 201707211),
    /** PostgreSQL 11. */
    V11("11", 0xD098, 1100, 201809051),
    /** PostgreSQL 12. */
    V12("12", 0xD101, 1201, 201909212),
    /** PostgreSQL 13. */
    V13("13", 0xD106, 1300, 202007201),
    /** PostgreSQL 14. */
    V14("14", 0xD10D, 1300, 202107181),
    /** PostgreSQL 15. */
    V15("15", 0xD110, 1300, 202209061),
    /** PostgreSQL 16. */
    V16("16", 0xD113, 1300, 202307071),
    /** PostgreSQL 17. */
    V17("17", 0xD116, 1700, 202406281),
    /** PostgreSQL 18. */
    V18("18", 0xD118, 1800, 202506291);

    private final String release;
    private final int walPageMagic;
    private final int controlVersion;
    private final int catalogVersion;

    PostgresVersion(String release, int walPageMagic, int controlVersion, int catalogVersion) {
        this.release = release;
        this.walPageMagic = walPageMagic;
        this.controlVersion = controlVersion;
        this.catalogVersion = catalogVersion;
    }

    /**
     * Finds the release that a control file belongs to.
     *
     * @param controlVersion the control file's {@code pg_control_version}
     * @param catalogVersion the control file's {@code catalog_version_no}
     * @return the release
     * @throws UnsupportedVersionException if no release in the table has both numbers
     */
    public static PostgresVersion ofControlFile(int controlVersion, int catalogVersion) {
        for (PostgresVersion row : values()) {
            if (row.controlVersion == controlVersion && row.catalogVersion == catalogVersion) {
                return row;
            }
        }
        throw UnsupportedVersionException.controlFile(controlVersion, catalogVersion);
    }

    /**
     * Finds the release that a WAL page belongs to.
     *
     * @param magic the page's {@code xlp_magic}, an unsigned 16-bit number
     * @return the release
     * @throws UnsupportedVersionException if no release in the table has that number
     */
    public static PostgresVersion ofWalPage(int magic) {
        for (PostgresVersion row : values()) {
            if (row.walPageMagic == magic) {
                return row;
            }
        }
        throw UnsupportedVersionException.walPage(magic);
    }

    /**
     * The release as people and {@code PG_VERSION} files name it.
     *
     * @return such as {@code 9.6} or {@code 17}
     */
    public String release() {
        return release;
    }

    /**
     * The number that begins every WAL page.
     *
     * @return an unsigned 16-bit number, such as {@code 0xD116}
     */
    public int walPageMagic() {
        return walPageMagic;
    }

    /**
     * The version of the control file's layout. Several releases can share one.
     *
     * @return such as 1300
     */
    public int controlVersion() {
        return controlVersion;
    }

    /**
     * The version of the system catalogs' contents. Each release has its own.
     *
     * @return such as 202406281
     */
    public int catalogVersion() {
        return catalogVersion;
    }

    /**
     * The directory of WAL segments within a data directory.
     *
     * @return {@code pg_wal}, or {@code pg_xlog} before 10
     */
    public String walDirectory() {
        return isAtLeast(V10) ? "pg_wal" : "pg_xlog";
    }

    /**
     * The directory that this release's databases have within each tablespace, so that several releases can share one.
     *
     * @return such as {@code PG_15_202209061}
     */
    public String tablespaceDirectory() {
        return "PG_" + release + "_" + catalogVersion;
    }

    /**
     * Whether a standby is configured by a file {@code recovery.conf}. Releases from 12 on have signal files and refuse
     * to start when they find that file.
     *
     * @return true up to 11
     */
    public boolean hasRecoveryConf() {
        return !isAtLeast(V12);
    }

    /**
     * Compares releases.
     *
     * @param other another release
     * @return whether this is that release or a later one
     */
    public boolean isAtLeast(PostgresVersion other) {
        return compareTo(other) >= 0;
    }

    /** Prints the release, as in {@code PostgreSQL 17}. */
    @Override
    public String toString() {
        return "PostgreSQL " + release;
    }
}
