/** Where the bytes of the new primary come from. */
module org.pgrewind4j.transport {
    requires static transitive org.jspecify;
    requires transitive org.pgrewind4j.wal;

    exports org.pgrewind4j.transport;
}
