/** Runnable programs, one idea each. */
module org.pgrewind4j.examples {
    requires static transitive org.jspecify;
    requires org.pgrewind4j.core;
}
