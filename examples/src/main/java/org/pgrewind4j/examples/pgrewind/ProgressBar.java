package org.pgrewind4j.examples.pgrewind;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;
import org.pgrewind4j.core.RewindPlan;

/**
 * One bar over all phases, with the rate and the time that is left. Planning has the first fifth of it, for what executing
 * costs is known only then; the rest is divided by bytes.
 */
final class ProgressBar {

    private static final int PLANNING = 20;
    private static final int CELLS = 30;
    private static final int WIDTH = 79;
    private static final double MEGABYTE = 1 << 20;

    private final Map<Phase, Long> expected = new EnumMap<>(Phase.class);

    /** Learns what executing costs. */
    void expect(RewindPlan plan) {
        plan.phases().forEach(phase -> expected.put(phase.phase(), phase.bytes()));
    }

    /** The bar without an end of line. Drawn over another one it leaves nothing of it. */
    String line(Progress progress) {
        return line(progress, percent(progress));
    }

    private String line(Progress progress, int percent) {
        int full = percent * CELLS / 100;
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%3d%% [", percent))
                .append("#".repeat(full))
                .append(" ".repeat(CELLS - full))
                .append("] ")
                .append(percent == 100 ? "done" : name(progress.phase()));
        OptionalLong rate = percent == 100 ? OptionalLong.empty() : progress.bytesPerSecond();
        if (rate.isPresent()) {
            line.append(String.format(Locale.ROOT, ", %.1f MB/s", rate.getAsLong() / MEGABYTE));
        }
        (percent == 100 ? Optional.<Duration>empty() : remaining(progress))
                .ifPresent(left -> line.append(", ").append(clock(left)).append(" left"));
        return line.append(" ".repeat(Math.max(0, WIDTH - line.length()))).toString();
    }

    /** The bar when all is done. */
    String full(Phase last) {
        return line(new Progress(last, 0, 0, 0, 0), 100);
    }

    /** What takes a bar away. */
    String blank() {
        return "\r" + " ".repeat(WIDTH) + "\r";
    }

    int percent(Progress progress) {
        if (progress.phase().compareTo(Phase.DECIDE) <= 0) {
            return PLANNING * progress.percent() / 100;
        }
        long total = expected.values().stream().mapToLong(Long::longValue).sum();
        double done = total == 0 ? progress.percent() / 100.0 : (double) (total - left(progress)) / total;
        return PLANNING + (int) ((100 - PLANNING) * Math.max(0, Math.min(1, done)));
    }

    /** The bytes of this phase and those behind it that are not done. */
    private long left(Progress progress) {
        long left = 0;
        for (Map.Entry<Phase, Long> phase : expected.entrySet()) {
            int order = phase.getKey().compareTo(progress.phase());
            if (order == 0) {
                left += Math.max(0, Math.max(phase.getValue(), progress.bytesExpected()) - progress.bytesDone());
            } else if (order > 0) {
                left += phase.getValue();
            }
        }
        return left;
    }

    private Optional<Duration> remaining(Progress progress) {
        OptionalLong rate = progress.bytesPerSecond();
        if (expected.isEmpty() || rate.isEmpty() || rate.getAsLong() == 0) {
            return progress.remaining();
        }
        return Optional.of(Duration.ofSeconds(left(progress) / rate.getAsLong()));
    }

    private static String clock(Duration time) {
        return time.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }

    private static String name(Phase phase) {
        return switch (phase) {
            case COLLECT -> "looking at both";
            case SCAN -> "reading WAL";
            case DECIDE -> "listing files";
            case STAGE -> "copying";
            case SEAL -> "sealing";
            case APPLY -> "applying";
            case VERIFY -> "verifying";
        };
    }
}
