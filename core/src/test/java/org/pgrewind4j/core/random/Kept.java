package org.pgrewind4j.core.random;

import java.nio.file.Path;
import org.pgrewind4j.testserver.PostgresServer;

/** Keeps the data directories of a scenario that fails, where the system property {@code pgrewind4j.test.keep} says. */
final class Kept {

    private static final String FOLDER = System.getProperty("pgrewind4j.test.keep", "");

    private Kept() {}

    static void stopped(Scenario scenario, String when, PostgresServer server) {
        if (FOLDER.isEmpty() || server.isRunning()) {
            return;
        }
        Path folder = Path.of(FOLDER, scenario.name().replace(' ', '-'), when);
        server.copyTo(folder.resolve("data")).close();
    }

    static void failed(Scenario scenario, Play play) {
        if (FOLDER.isEmpty()) {
            return;
        }
        for (String node : scenario.nodes()) {
            play.server(node).kill();
            stopped(scenario, "after-" + node, play.server(node));
        }
    }
}
