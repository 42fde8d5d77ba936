/** Plans and executes a rewind: collect, decide, stage, seal, apply. */
module org.pgrewind4j.core {
    requires static transitive org.jspecify;
    requires transitive org.pgrewind4j.transport;
    requires com.google.common;
    // Part of every JDK, and without cost while nothing is recorded.
    requires jdk.jfr;

    exports org.pgrewind4j.core;
    exports org.pgrewind4j.core.archive;
    exports org.pgrewind4j.core.report;
    exports org.pgrewind4j.core.restore;
}
