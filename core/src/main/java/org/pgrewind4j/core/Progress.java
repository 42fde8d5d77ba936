package org.pgrewind4j.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a phase has come. Within a phase the figures never go back.
 *
 * @param phase the phase
 * @param bytesDone bytes read, fetched or applied so far
 * @param bytesExpected the phase's total, zero where there is none; of {@link Phase#SCAN} what is likely, for where the
 *     target's WAL ends shows when it is read
 * @param filesDone files finished so far
 * @param filesExpected the phase's total, zero where there is none
 * @param elapsed how long the phase has taken so far
 */
public record Progress(
        Phase phase, long bytesDone, long bytesExpected, long filesDone, long filesExpected, Duration elapsed) {

    /**
     * How far a phase has come.
     *
     * @param phase the phase
     * @param bytesDone bytes so far
     * @param bytesExpected the phase's total
     * @param filesDone files so far
     * @param filesExpected the phase's total
     * @param elapsed how long the phase has taken so far
     */
    public Progress {
        requireNonNull(phase, "phase");
        requireNonNull(elapsed, "elapsed");
    }

    /**
     * How far a phase has come of which nobody took the time.
     *
     * @param phase the phase
     * @param bytesDone bytes so far
     * @param bytesExpected the phase's total
     * @param filesDone files so far
     * @param filesExpected the phase's total
     */
    public Progress(Phase phase, long bytesDone, long bytesExpected, long filesDone, long filesExpected) {
        this(phase, bytesDone, bytesExpected, filesDone, filesExpected, Duration.ZERO);
    }

    /**
     * The same figures with a time.
     *
     * @param time how long the phase has taken so far
     * @return progress
     */
    public Progress after(Duration time) {
        return new Progress(phase, bytesDone, bytesExpected, filesDone, filesExpected, time);
    }

    /**
     * How much of the phase is done.
     *
     * @return from 0 to 100; 0 where there is no total
     */
    public int percent() {
        return bytesExpected <= 0 ? 0 : (int) Math.max(0, Math.min(100, (long) (100.0 * bytesDone / bytesExpected)));
    }

    /**
     * How fast the phase has been so far.
     *
     * @return bytes a second; empty before any time has passed
     */
    public OptionalLong bytesPerSecond() {
        long millis = elapsed.toMillis();
        return millis <= 0 ? OptionalLong.empty() : OptionalLong.of((long) (bytesDone * 1000.0 / millis));
    }

    /**
     * How long the rest of the phase takes if it goes on as fast.
     *
     * @return a time; empty where there is no total, and before the first byte
     */
    public Optional<Duration> remaining() {
        if (bytesExpected <= 0 || bytesDone <= 0 || elapsed.isZero()) {
            return Optional.empty();
        }
        double left = Math.max(0, bytesExpected - bytesDone);
        return Optional.of(Duration.ofMillis((long) (elapsed.toMillis() * (left / bytesDone))));
    }
}
