package org.pgrewind4j.core.internal.cluster;

import java.util.Optional;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.RelationFile;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * How relations are named, and cut into files and blocks.
 *
 * @param version names the tablespaces' directories
 * @param blockSize bytes in a block, 8192 unless the server was built otherwise
 * @param segmentBlocks blocks in a segment file, 131072 unless the server was built otherwise
 */
public record RelationGeometry(PostgresVersion version, int blockSize, int segmentBlocks) {

    public static RelationGeometry of(ControlFile controlFile) {
        return new RelationGeometry(
                controlFile.version(), controlFile.blockSize(), controlFile.relationSegmentBlocks());
    }

    /** What a path says of a relation, empty if it is none. */
    public Optional<RelationFile> file(DataPath path) {
        return RelationFile.parse(path.toString(), version);
    }

    /**
     * Whether a path in a tablespace is another release's or nobody's: a location can be shared with a cluster that was
     * upgraded from or to this one.
     */
    public boolean isForeign(DataPath path) {
        String text = path.toString();
        int name = text.startsWith("pg_tblspc/") ? text.indexOf('/', "pg_tblspc/".length()) + 1 : 0;
        if (name == 0) {
            return false;
        }
        String directory = version.tablespaceDirectory();
        int end = name + directory.length();
        return !text.startsWith(directory, name) || (text.length() > end && text.charAt(end) != '/');
    }

    /** The directory of a database in a tablespace. */
    public DataPath database(int tablespace, int database) {
        return path(new RelationFile(new RelFileLocator(tablespace, database, 1), ForkName.MAIN, 0))
                .parent()
                .orElseThrow();
    }

    /** Whether a path is such a directory. */
    public boolean isDatabase(DataPath path) {
        return file(path.resolve("1"))
                .filter(file -> file.relation().database() != 0)
                .isPresent();
    }

    /** Where a relation's file lies. */
    public DataPath path(RelationFile file) {
        return DataPath.of(file.path(version));
    }

    /** The greatest multiple of the block size that is not greater. */
    public long wholeBlocks(long bytes) {
        return bytes - bytes % blockSize;
    }
}
