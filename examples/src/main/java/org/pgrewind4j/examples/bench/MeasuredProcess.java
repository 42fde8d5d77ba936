package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs programs and tells what they cost, by what Linux counts for a process. A shell starts the program: when it has
 * ended, its counts are part of the shell's own, to be read without haste.
 */
final class MeasuredProcess {

    private static final String SHELL = "\"$@\" >\"$0\" 2>&1; status=$?; cat /proc/$$/stat /proc/$$/io; exit $status";

    /** In {@code /proc/PID/stat}, counted behind the program's name: CPU time of children that ended, in ticks. */
    private static final int USER_TIME_OF_CHILDREN = 13;

    private static final int SYSTEM_TIME_OF_CHILDREN = 14;

    private static final double TICKS_PER_SECOND = 100;
    private static final Pattern WRITTEN = Pattern.compile("(?m)^wchar: (\\d+)$");
    private static final Pattern PEAK = Pattern.compile("(?m)^VmHWM:\\s+(\\d+) kB$");
    private static final int SAMPLE_MILLIS = 20;

    private MeasuredProcess() {}

    /** Runs a program to its end. */
    static RunCost run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("measured", ".out");
        try {
            List<String> wrapped = new ArrayList<>(List.of("sh", "-c", SHELL, output.toString()));
            wrapped.addAll(command);
            long begin = System.nanoTime();
            Process shell = new ProcessBuilder(wrapped)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            double peak = 0;
            while (!shell.waitFor(SAMPLE_MILLIS, TimeUnit.MILLISECONDS)) {
                peak = Math.max(peak, peak(shell));
            }
            double seconds = Stopwatch.seconds(begin);
            String counts = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (shell.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " failed:\n" + Files.readString(output));
            }
            return new RunCost(seconds, cpuSeconds(counts), written(counts), peak);
        } finally {
            Files.delete(output);
        }
    }

    /** The greatest process's: the number only rises, so the last look before the end counts. */
    private static double peak(Process shell) {
        return shell.descendants()
                .mapToDouble(process -> peakBytes(Path.of("/proc", Long.toString(process.pid()), "status")))
                .max()
                .orElse(0);
    }

    private static double peakBytes(Path status) {
        try {
            Matcher matcher = PEAK.matcher(Files.readString(status));
            return matcher.find() ? Double.parseDouble(matcher.group(1)) * 1024 : 0;
        } catch (IOException e) {
            // It has just ended.
            return 0;
        }
    }

    private static double cpuSeconds(String counts) {
        String[] fields = counts.substring(counts.lastIndexOf(')') + 2).split("\\s", -1);
        return (Double.parseDouble(fields[USER_TIME_OF_CHILDREN]) + Double.parseDouble(fields[SYSTEM_TIME_OF_CHILDREN]))
                / TICKS_PER_SECOND;
    }

    /** Of this process so far. */
    static double writtenBytes() throws IOException {
        return written(Files.readString(Path.of("/proc/self/io")));
    }

    private static double written(String counts) {
        Matcher matcher = WRITTEN.matcher(counts);
        if (!matcher.find()) {
            throw new IllegalStateException("no count of written bytes in:\n" + counts);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
