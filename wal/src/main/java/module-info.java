/** Reads PostgreSQL write-ahead logs and control files. */
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
