/** Plans and executes a rewind. */
module org.pgrewind4j.core {
    requires static transitive org.jspecify;
    requires transitive org.pgrewind4j.transport;
    requires com.google.common;
}
