/**
 * Reads PostgreSQL write-ahead logs and control files, of every release from 9.6 to 18.
 *
 * <p>A <b>checkpoint</b> is the server's promise that all changes before its <b>redo point</b> are in the data files. The control
 * file names the last one, and recovery replays WAL from its redo point on. The first change to a page after that point carries an
 * image of the whole page, so that a page that was written by half does no harm.
 *
 * <p>Each WAL record names the blocks that it changes. {@link org.pgrewind4j.wal.scan.ChangedBlockCollector} reads the WAL of an
 * abandoned branch and gathers these blocks: they are what a rewind has to bring back.
 * {@link org.pgrewind4j.wal.record.WalReader} gives the records one by one, for people.
 */
module org.pgrewind4j.wal {
    requires static transitive org.jspecify;
    requires transitive org.pgrewind4j.timeline;
    requires com.google.common;
    // Needed to restore block images compressed with lz4 only.
    requires static org.apache.commons.compress;
    // Needed to restore block images compressed with zstd only.
    requires static com.github.luben.zstd_jni;

    exports org.pgrewind4j.wal;
    exports org.pgrewind4j.wal.control;
    exports org.pgrewind4j.wal.record;
    exports org.pgrewind4j.wal.scan;
}
