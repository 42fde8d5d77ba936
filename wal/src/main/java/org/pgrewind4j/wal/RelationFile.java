package org.pgrewind4j.wal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

    private static final Pattern DIRECTORY =
            Pattern.compile("global|base/([1-9][0-9]{0,9})|pg_tblspc/([1-9][0-9]{0,9})/[^/]+/([1-9][0-9]{0,9})");

    private static final Pattern FILE = Pattern.compile("([1-9][0-9]{0,9})(|_fsm|_vm|_init)(?:\\.([1-9][0-9]{0,9}))?");

    /**
     * Reads a path.
     *
     * @param path relative to the data directory, with {@code /} between names
     * @param version the cluster's release, which names the directories within tablespaces: those of other releases,
     *     which an upgrade leaves there, are none of this cluster's
     * @return the relation's file, or empty if the path is that of anything else
     */
    public static Optional<RelationFile> parse(String path, PostgresVersion version) {
        int slash = path.lastIndexOf('/');
        Matcher file = FILE.matcher(path.substring(slash + 1));
        Matcher directory = DIRECTORY.matcher(path.substring(0, Math.max(slash, 0)));
        if (!file.matches() || !directory.matches()) {
            return Optional.empty();
        }
        RelationFile parsed =
                new RelationFile(relation(directory, oid(file.group(1))), fork(file.group(2)), segment(file.group(3)));
        // What was read too generously does not come out as it went in: numbers that are too great, another release's
        // directory, a system tablespace below pg_tblspc.
        return parsed.path(version).equals(path) ? Optional.of(parsed) : Optional.empty();
    }

    private static RelFileLocator relation(Matcher directory, int relation) {
        if (directory.group(1) != null) {
            return new RelFileLocator(RelFileLocator.DEFAULT_TABLESPACE, oid(directory.group(1)), relation);
        }
        return directory.group(2) != null
                ? new RelFileLocator(oid(directory.group(2)), oid(directory.group(3)), relation)
                : new RelFileLocator(RelFileLocator.GLOBAL_TABLESPACE, 0, relation);
    }

    private static ForkName fork(String suffix) {
        return switch (suffix) {
            case "_fsm" -> ForkName.FSM;
            case "_vm" -> ForkName.VM;
            case "_init" -> ForkName.INIT;
            default -> ForkName.MAIN;
        };
    }

    /** Cuts what has more than 32 bits, which the comparison with the path finds. */
    private static int oid(String digits) {
        return (int) Long.parseLong(digits);
    }

    private static long segment(@Nullable String digits) {
        return digits == null ? 0 : Integer.toUnsignedLong(oid(digits));
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
