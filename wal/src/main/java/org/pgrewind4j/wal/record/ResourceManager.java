package org.pgrewind4j.wal.record;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pgrewind4j.wal.PostgresVersion;

/**
 * Who writes a kind of WAL records and can replay it (PostgreSQL: {@code src/include/access/rmgrlist.h}). The built-in
 * ones have had the same numbers and names since 9.6; from 15 on extensions can bring their own, 128 to 255.
 *
 * <p>There is one instance of each, so they can be compared with {@code ==}.
 */
public final class ResourceManager {

    private static final ResourceManager[] BY_ID =
            IntStream.range(0, 256).mapToObj(ResourceManager::new).toArray(ResourceManager[]::new);

    /** Checkpoints, segment switches, page images, and what else concerns WAL itself. */
    public static final ResourceManager XLOG = BY_ID[0];
    /** Commits, aborts and prepared transactions. */
    public static final ResourceManager TRANSACTION = BY_ID[1];
    /** Files of relations created and truncated. */
    public static final ResourceManager STORAGE = BY_ID[2];
    /** Commit status. */
    public static final ResourceManager CLOG = BY_ID[3];
    /** Databases created and dropped. */
    public static final ResourceManager DATABASE = BY_ID[4];
    /** Tablespaces created and dropped. */
    public static final ResourceManager TABLESPACE = BY_ID[5];
    /** Multixacts. */
    public static final ResourceManager MULTIXACT = BY_ID[6];
    /** The map of the system catalogs' files. */
    public static final ResourceManager RELMAP = BY_ID[7];
    /** What standbys need to know: locks, running transactions. */
    public static final ResourceManager STANDBY = BY_ID[8];
    /** Tables: what {@link #HEAP} has no numbers left for. */
    public static final ResourceManager HEAP2 = BY_ID[9];
    /** Tables. */
    public static final ResourceManager HEAP = BY_ID[10];
    /** B-tree indexes. */
    public static final ResourceManager BTREE = BY_ID[11];
    /** Hash indexes. */
    public static final ResourceManager HASH = BY_ID[12];
    /** GIN indexes. */
    public static final ResourceManager GIN = BY_ID[13];
    /** GiST indexes. */
    public static final ResourceManager GIST = BY_ID[14];
    /** Sequences. */
    public static final ResourceManager SEQUENCE = BY_ID[15];
    /** SP-GiST indexes. */
    public static final ResourceManager SPGIST = BY_ID[16];
    /** BRIN indexes. */
    public static final ResourceManager BRIN = BY_ID[17];
    /** Commit timestamps. */
    public static final ResourceManager COMMIT_TS = BY_ID[18];
    /** Progress of replication from elsewhere. */
    public static final ResourceManager REPLICATION_ORIGIN = BY_ID[19];
    /** Changes of pages by extensions without a resource manager of their own. */
    public static final ResourceManager GENERIC = BY_ID[20];
    /** Messages for logical decoding. */
    public static final ResourceManager LOGICAL_MESSAGE = BY_ID[21];

    private static final int BUILT_IN = 22;

    private final int id;

    private ResourceManager(int id) {
        this.id = id;
    }

    /**
     * Finds a resource manager by its number in WAL.
     *
     * @param id from 0 to 255
     * @return the resource manager; whether a release has it is not checked
     * @throws IllegalArgumentException outside that range
     */
    public static ResourceManager of(int id) {
        if (id < 0 || id > 255) {
            throw new IllegalArgumentException("not a resource manager: " + id);
        }
        return BY_ID[id];
    }

    /**
     * Finds a resource manager by its name.
     *
     * @param name in upper or lower case, as {@code pg_waldump --rmgr} takes it
     * @return the resource manager, empty if no built-in one has the name and it is not {@code custom128} to
     *     {@code custom255}
     */
    public static Optional<ResourceManager> named(String name) {
        return IntStream.range(0, BY_ID.length)
                .filter(id -> BY_ID[id].isBuiltIn() || BY_ID[id].isCustom())
                .mapToObj(id -> BY_ID[id])
                .filter(candidate -> candidate.name().equalsIgnoreCase(name))
                .findFirst();
    }

    /**
     * The resource managers that PostgreSQL itself brings.
     *
     * @return in the order of their numbers; immutable
     */
    public static List<ResourceManager> builtIn() {
        return List.of(BY_ID).subList(0, BUILT_IN);
    }

    /**
     * The number in WAL.
     *
     * @return from 0 to 255
     */
    public int id() {
        return id;
    }

    /**
     * The name.
     *
     * @return as {@code pg_waldump} prints it, such as {@code Heap} or {@code custom128}
     */
    public String name() {
        // Not kept: to read the table takes longer than many a rewind that names no record.
        return isBuiltIn() ? RecordTypes.name(id) : String.format(Locale.ROOT, "custom%03d", id);
    }

    /**
     * Whether PostgreSQL itself brings it.
     *
     * @return true from 0 to 21
     */
    public boolean isBuiltIn() {
        return id < BUILT_IN;
    }

    /**
     * Whether it belongs to an extension.
     *
     * @return true from 128 on
     */
    public boolean isCustom() {
        return id >= 128;
    }

    /**
     * What kind of record a record of this resource manager is.
     *
     * @param info the record's {@code xl_info}, from 0 to 255
     * @param version the release that wrote it
     * @return as {@code pg_waldump} of that release names it, such as {@code INSERT+INIT}; {@code UNKNOWN (c0)} if the
     *     release does not know it
     */
    public String typeName(int info, PostgresVersion version) {
        String known = isBuiltIn() ? RecordTypes.of(version).name(id, info) : null;
        return known == null ? "UNKNOWN (" + Integer.toHexString(info & 0xF0) + ")" : known;
    }

    /** Prints the name. */
    @Override
    public String toString() {
        return name();
    }
}
