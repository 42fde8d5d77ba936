/**
 * Where the bytes of the new primary come from: a data directory on this machine, a running server, a backup, or an
 * implementation of {@link org.pgrewind4j.transport.Transport} of one's own.
 *
 * <p>A running source changes while it is read: files appear, grow and go away, and a page may be torn. That does no harm, since the
 * target replays the source's WAL over what was copied, from before the first byte was read until after the last one. How far it
 * must replay is {@link org.pgrewind4j.transport.Transport#replayEnd}, asked when all is copied.
 */
module org.pgrewind4j.transport {
    requires static transitive org.jspecify;
    requires transitive java.sql;
    requires transitive org.pgrewind4j.wal;
    requires static org.checkerframework.checker.qual;
    requires com.google.common;
    requires org.postgresql.jdbc;
    requires com.fasterxml.jackson.core;
    // Needed for backups compressed with bz2 or lz4 only.
    requires static org.apache.commons.compress;
    // Needed for backups compressed with zst only.
    requires static com.github.luben.zstd_jni;
    // Needed for block incremental backups only.
    requires static hash4j;
    // Whom a socket's server runs as.
    requires jdk.net;
    // Needed for private keys in other forms than PKCS#8 only.
    requires static org.bouncycastle.pkix;
    requires static org.bouncycastle.provider;
    // Needed for sockets in the abstract namespace only.
    requires static org.newsclub.net.unix;

    exports org.pgrewind4j.transport;
    exports org.pgrewind4j.transport.archive;
    exports org.pgrewind4j.transport.backup;
    exports org.pgrewind4j.transport.live;
    exports org.pgrewind4j.transport.local;
    exports org.pgrewind4j.transport.pgbackrest;
    // The driver makes what it connects by itself.
    exports org.pgrewind4j.transport.driver to
            org.postgresql.jdbc;
}
