/** Where the bytes of the new primary come from. */
module org.pgrewind4j.transport {
    requires static transitive org.jspecify;
    requires transitive java.sql;
    requires transitive org.pgrewind4j.wal;
    requires static org.checkerframework.checker.qual;
    requires com.google.common;
    requires org.postgresql.jdbc;

    exports org.pgrewind4j.transport;
}
