package org.pgrewind4j.core;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start a program of the tests in a process of its own. */
final class JavaProcess {

    private JavaProcess() {}

    static List<String> command(Class<?> program, String... arguments) {
        return command(List.of(), program, arguments);
    }

    static List<String> command(List<String> options, Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(
                List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
