package org.pgrewind4j.examples.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a program of this package is started in a JVM of its own, with the present one's program and paths. */
final class FreshJvm {

    private FreshJvm() {}

    static List<String> command(Class<?> program, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        String modulePath = System.getProperty("jdk.module.path");
        if (modulePath != null) {
            command.addAll(List.of("--module-path", modulePath, "--add-modules", "ALL-MODULE-PATH", "--module"));
            command.add(program.getModule().getName() + "/" + program.getName());
        } else {
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        }
        command.addAll(arguments);
        return command;
    }
}
