package org.pgrewind4j.wal;

import java.util.Optional;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * One file of a relation: a fork, or one of the segments of equal length that a large fork is cut into.
 *
 * <p>Paths are relative to the data directory, with {@code /} between names (PostgreSQL: {@code src/common/relpath.c};
 * {@code src/backend/storage/smgr/md.c}):
 *
 * <pre>
 * path       = directory "/" relation [ "_" fork ] [ "." segment ]
 * directory  = "global"                                          tablespace pg_global
 *            | "base/" database                                  tablespace pg_default
 *            | "pg_tblspc/" tablespace "/" version "/" database
 * version    = "PG_" release "_" catalog version                 such as PG_15_202209061
 * fork       = "fsm" | "vm" | "init"                             the main fork has none
 * segment    = from 1 on; the first one, number 0, has none
 * </pre>
 *
 * <p>Numbers are decimal, from 1 to 4294967295, without leading zeros. The files of temporary tables
 * ({@code t3_16450}) are not among these: no WAL names them, and a server that starts removes them.
 *
 * @param relation the relation
 * @param fork the fork
 * @param segment the segment's number within the fork, from 0 to 4294967295
 */
public record RelationFile(RelFileLocator relation, ForkName fork, long segment) {

    /**
     * Reads a path.
     *
     * @param path relative to the data directory, with {@code /} between names
     * @param version the cluster's release, which names the directories within tablespaces: those of other releases,
     *     which an upgrade leaves there, are none of this cluster's
     * @return the relation's file, or empty if the path is that of anything else
     */
    public static Optional<RelationFile> parse(String path, PostgresVersion version) {
        RelationPath rest = new RelationPath(path);
        long tablespace = RelFileLocator.GLOBAL_TABLESPACE;
        long database = 0;
        if (rest.skip("base/")) {
            tablespace = RelFileLocator.DEFAULT_TABLESPACE;
            database = rest.number();
        } else if (rest.skip("pg_tblspc/")) {
            tablespace = rest.number();
            rest.expect("/" + version.tablespaceDirectory() + "/");
            database = rest.number();
            if (tablespace == RelFileLocator.DEFAULT_TABLESPACE || tablespace == RelFileLocator.GLOBAL_TABLESPACE) {
                return Optional.empty();
            }
        } else {
            rest.expect("global");
        }
        rest.expect("/");
        long relation = rest.number();
        ForkName fork = rest.fork();
        long segment = rest.skip(".") ? rest.number() : 0;
        return rest.isRead()
                ? Optional.of(new RelationFile(
                        new RelFileLocator((int) tablespace, (int) database, (int) relation), fork, segment))
                : Optional.empty();
    }

    /**
     * Prints the path.
     *
     * @param version the cluster's release, which names the directories within tablespaces
     * @return the path relative to the data directory, with {@code /} between names
     */
    public String path(PostgresVersion version) {
        String file = Integer.toUnsignedString(relation.relation()) + fork.suffix();
        return directory(version) + "/" + (segment == 0 ? file : file + "." + segment);
    }

    private String directory(PostgresVersion version) {
        String database = Integer.toUnsignedString(relation.database());
        return switch (relation.tablespace()) {
            case RelFileLocator.GLOBAL_TABLESPACE -> "global";
            case RelFileLocator.DEFAULT_TABLESPACE -> "base/" + database;
            default ->
                "pg_tblspc/" + Integer.toUnsignedString(relation.tablespace()) + "/" + version.tablespaceDirectory()
                        + "/" + database;
        };
    }

    /**
     * The fork's block that this file begins with.
     *
     * @param segmentBlocks the blocks of a whole segment: {@link ControlFile#relationSegmentBlocks}
     * @return a block number
     */
    public long firstBlock(int segmentBlocks) {
        return segment * segmentBlocks;
    }

    /**
     * The fork's block that the next segment begins with.
     *
     * @param segmentBlocks the blocks of a whole segment: {@link ControlFile#relationSegmentBlocks}
     * @return a block number, greater than any in this file
     */
    public long endBlock(int segmentBlocks) {
        return firstBlock(segmentBlocks) + segmentBlocks;
    }
}
