package org.pgrewind4j.examples.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Times programs, as a user waits for them. */
final class Stopwatch {

    private Stopwatch() {}

    /**
     * Runs a program to its end. Its outputs are thrown away.
     *
     * @return seconds from its start to its end
     */
    static double run(List<String> command) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectInput(new File("/dev/null"))
                .start();
        process.waitFor();
        return seconds(begin);
    }

    /**
     * Runs a program to its end and times a part of it.
     *
     * @param from what the line has that the part begins with
     * @param to what the line has that the part ends with
     * @return seconds from the first line to the second
     */
    static double between(List<String> command, String from, String to) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        StringBuilder output = new StringBuilder();
        long begin = 0;
        double seconds = Double.NaN;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                if (line.contains(from)) {
                    begin = System.nanoTime();
                } else if (line.contains(to) && Double.isNaN(seconds)) {
                    seconds = seconds(begin);
                }
            }
        }
        if (process.waitFor() != 0 || Double.isNaN(seconds)) {
            throw new IOException(String.join(" ", command) + " failed:\n" + output);
        }
        return seconds;
    }

    /**
     * Runs a program to its end, untimed.
     *
     * @return what it printed
     */
    static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed:\n" + output);
        }
        return output;
    }

    static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }
}
