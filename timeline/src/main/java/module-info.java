/** Positions in the WAL, timelines, their histories, and the point where two histories part. Does no I/O. */
module org.pgrewind4j.timeline {
    requires static transitive org.jspecify;

    exports org.pgrewind4j.timeline;
}
