package org.pgrewind4j.wal.control;

import static org.pgrewind4j.wal.PostgresVersion.V11;
import static org.pgrewind4j.wal.PostgresVersion.V12;
import static org.pgrewind4j.wal.PostgresVersion.V17;
import static org.pgrewind4j.wal.PostgresVersion.V9_6;

import org.pgrewind4j.wal.PostgresVersion;

/**
 * The fields of {@code CheckPoint}, as it lies in checkpoint records and in the control file, in the order of their
 * declaration (PostgreSQL: {@code src/include/catalog/pg_control.h}).
 *
 * <table>
 * <caption>Offsets in bytes; all numbers little-endian</caption>
 * <tr><th>field</th><th>9.6 to 11</th><th>12 to 16</th><th>17, 18</th></tr>
 * <tr><td>redo</td><td>0</td><td>0</td><td>0</td></tr>
 * <tr><td>timeline, previous timeline</td><td>8, 12</td><td>8, 12</td><td>8, 12</td></tr>
 * <tr><td>full_page_writes</td><td>16</td><td>16</td><td>16</td></tr>
 * <tr><td>wal_level</td><td></td><td></td><td>20</td></tr>
 * <tr><td>next transaction</td><td>20 (epoch), 24</td><td>24 (64 bits)</td><td>24 (64 bits)</td></tr>
 * <tr><td>next OID</td><td>28</td><td>32</td><td>32</td></tr>
 * <tr><td>next multixact, next multixact offset</td><td>32, 36</td><td>36, 40</td><td>36, 40</td></tr>
 * <tr><td>oldest transaction and its database</td><td>40, 44</td><td>44, 48</td><td>44, 48</td></tr>
 * <tr><td>oldest multixact and its database</td><td>48, 52</td><td>52, 56</td><td>52, 56</td></tr>
 * <tr><td>time</td><td>56</td><td>64</td><td>64</td></tr>
 * <tr><td>oldest, newest transaction with a commit time</td><td>64, 68</td><td>72, 76</td><td>72, 76</td></tr>
 * <tr><td>oldest active transaction</td><td>72</td><td>80</td><td>80</td></tr>
 * <tr><td>size</td><td>80</td><td>88</td><td>88</td></tr>
 * </table>
 */
enum CheckPointField implements StructField {
    REDO(8),
    TIMELINE(4),
    PREVIOUS_TIMELINE(4),
    FULL_PAGE_WRITES(1),
    WAL_LEVEL(4, V17),
    NEXT_XID_EPOCH(4, V9_6, V11),
    NEXT_XID(4, V9_6, V11),
    NEXT_FULL_XID(8, V12),
    NEXT_OID(4),
    NEXT_MULTI(4),
    NEXT_MULTI_OFFSET(4),
    OLDEST_XID(4),
    OLDEST_XID_DATABASE(4),
    OLDEST_MULTI(4),
    OLDEST_MULTI_DATABASE(4),
    TIME(8),
    OLDEST_COMMIT_TIMESTAMP_XID(4),
    NEWEST_COMMIT_TIMESTAMP_XID(4),
    OLDEST_ACTIVE_XID(4);

    private final int size;
    private final PostgresVersion first;
    private final PostgresVersion last;

    CheckPointField(int size) {
        this(size, V9_6);
    }

    CheckPointField(int size, PostgresVersion first) {
        this(size, first, LATEST);
    }

    CheckPointField(int size, PostgresVersion first, PostgresVersion last) {
        this.size = size;
        this.first = first;
        this.last = last;
    }

    @Override
    public int size(PostgresVersion version) {
        return size;
    }

    @Override
    public int alignment() {
        return size;
    }

    @Override
    public boolean existsIn(PostgresVersion version) {
        return version.isAtLeast(first) && last.isAtLeast(version);
    }
}
