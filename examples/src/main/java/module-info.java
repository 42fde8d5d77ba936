/** Runnable programs, one idea each. */
module org.pgrewind4j.examples {
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires info.picocli;
    requires java.logging;
    requires jmh.core;
    requires org.pgrewind4j.core;
    requires org.pgrewind4j.testserver;

    // JMH does not say that it needs this.
    requires jdk.unsupported;
    requires jdk.management;

    // Options are set by reflection.
    opens org.pgrewind4j.examples to
            info.picocli;
    opens org.pgrewind4j.examples.bench to
            info.picocli;
}
