package org.pgrewind4j.examples.bench;

import java.io.File;
import java.io.IOException;
import org.openjdk.jmh.Main;

/** Runs the JMH benchmarks, with JMH's own options. */
final class Benchmarks {

    private Benchmarks() {}

    /** Passes the arguments on to JMH. */
    public static void main(String[] args) throws IOException {
        String modulePath = System.getProperty("jdk.module.path");
        if (modulePath != null) {
            // JMH starts its JVMs on the class path only.
            System.setProperty("java.class.path", modulePath + File.separator + "*");
        }
        Main.main(args);
    }
}
