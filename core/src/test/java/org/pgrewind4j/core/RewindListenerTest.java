package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;

/** What a listener is told, and what becomes of a rewind whose listener fails. */
@Tag("server")
class RewindListenerTest {

    private static DivergedPair pair;

    @AutoClose
    private final OpenSources sources = new OpenSources();

    @BeforeAll
    static void diverge() {
        pair = DivergedPair.of(
                PostgresServer.builder(ServerRelease.of("17")).withChecksums().walSegmentMegabytes(1));
    }

    @AfterEach
    void closeCopies() {
        pair.closeCopies();
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    private Rewind rewind(PostgresServer target, RewindListener listener) throws IOException {
        return Rewind.of(target.dataDirectory())
                .from(sources.open(pair.source()))
                .durability(Durability.NO_SYNC)
                .listener(listener);
    }

    /** Remembers all that it is told. */
    private static final class Recorder implements RewindListener {
        final List<Phase> phases = new ArrayList<>();
        final List<Progress> progress = new ArrayList<>();

        @Override
        public void phaseStarted(Phase phase) {
            phases.add(phase);
        }

        @Override
        public void progressed(Progress progress) {
            assertThat(progress.phase()).isEqualTo(phases.get(phases.size() - 1));
            this.progress.add(progress);
        }

        List<Progress> of(Phase phase) {
            return progress.stream()
                    .filter(progress -> progress.phase() == phase)
                    .toList();
        }
    }

    @Test
    void isToldOfEveryPhaseInItsOrder() throws IOException {
        Recorder recorder = new Recorder();

        RewindPlan plan = rewind(pair.copyOfTarget(), recorder).plan();
        assertThat(recorder.phases).containsExactly(Phase.COLLECT, Phase.SCAN, Phase.DECIDE);

        plan.execute();
        assertThat(recorder.phases)
                .containsExactly(Phase.COLLECT, Phase.SCAN, Phase.DECIDE, Phase.STAGE, Phase.SEAL, Phase.APPLY);
    }

    @Test
    void figuresGoUpToWhatWasExpected() throws IOException {
        Recorder recorder = new Recorder();
        RewindPlan plan = rewind(pair.copyOfTarget(), recorder).plan();
        plan.execute();

        assertThat(recorder.progress)
                .isSortedAccordingTo((one, other) -> one.phase() != other.phase()
                        ? one.phase().compareTo(other.phase())
                        : Long.compare(one.bytesDone(), other.bytesDone()));
        assertThat(recorder.progress)
                .allSatisfy(progress ->
                        assertThat(progress.bytesExpected()).isPositive().isGreaterThanOrEqualTo(progress.bytesDone()));
        Progress scanned = last(recorder.of(Phase.SCAN));
        assertThat(scanned.bytesExpected()).isEqualTo(scanned.bytesDone());
        assertThat(scanned.bytesDone())
                .isEqualTo(plan.targetEnd().orElseThrow().minus(plan.redo().orElseThrow()));
        Progress staged = last(recorder.of(Phase.STAGE));
        assertThat(staged.bytesExpected()).isEqualTo(plan.bytes().total());
        assertThat(staged.bytesDone()).isEqualTo(staged.bytesExpected());
        assertThat(last(recorder.of(Phase.APPLY))).satisfies(applied -> {
            assertThat(applied.bytesDone()).isPositive().isEqualTo(applied.bytesExpected());
            assertThat(applied.filesDone()).isPositive().isEqualTo(applied.filesExpected());
            assertThat(applied.elapsed()).isPositive();
            assertThat(applied.percent()).isEqualTo(100);
            assertThat(applied.remaining()).contains(Duration.ZERO);
        });
    }

    @Test
    void isToldHowEachCallEnds() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        List<String> told = new ArrayList<>();
        RewindPlan plan = rewind(target, RewindListener.all(new Telling("a", told), new Telling("b", told)))
                .plan();
        assertThat(told)
                .containsExactly(
                        "a COLLECT",
                        "b COLLECT",
                        "a SCAN",
                        "b SCAN",
                        "a DECIDE",
                        "b DECIDE",
                        "a finished",
                        "b finished");

        told.clear();
        plan.execute();
        assertThat(told)
                .containsExactly(
                        "a STAGE", "b STAGE", "a SEAL", "b SEAL", "a APPLY", "b APPLY", "a finished", "b finished");
    }

    @Test
    void isToldWhatFailedAndCannotChangeItAnyMore() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        List<String> told = new ArrayList<>();
        RewindListener last = new RewindListener() {
            @Override
            public void failed(Phase phase, RuntimeException failure) {
                told.add(phase + ": " + failure.getMessage());
                throw new IllegalStateException("too late");
            }
        };
        RewindPlan plan = rewind(target, RewindListener.all(last, new Failing(Phase.SEAL), new Telling("b", told)))
                .plan();
        told.clear();

        assertThatThrownBy(plan::execute)
                .hasRootCauseMessage("enough")
                .satisfies(failure -> assertThat(told)
                        .containsExactly("b STAGE", "SEAL: " + failure.getMessage(), "b failed in SEAL"));
    }

    /** Writes down which phases it was told to be done, and how it ended. */
    private record Telling(String name, List<String> told) implements RewindListener {
        @Override
        public void phaseFinished(Phase phase, Duration took) {
            assertThat(took).isPositive();
            told.add(name + " " + phase);
        }

        @Override
        public void finished() {
            told.add(name + " finished");
        }

        @Override
        public void failed(Phase phase, RuntimeException failure) {
            told.add(name + " failed in " + phase);
        }
    }

    @Test
    void progressKnowsRateAndRemainingTime() {
        Progress half = new Progress(Phase.STAGE, 500, 1500, 0, 0, Duration.ofSeconds(2));

        assertThat(half.percent()).isEqualTo(33);
        assertThat(half.bytesPerSecond()).hasValue(250);
        assertThat(half.remaining()).contains(Duration.ofSeconds(4));

        Progress first = new Progress(Phase.STAGE, 0, 1500, 0, 0);
        assertThat(first.percent()).isZero();
        assertThat(first.bytesPerSecond()).isEmpty();
        assertThat(first.remaining()).isEmpty();

        Progress large = new Progress(Phase.STAGE, Long.MAX_VALUE / 2, Long.MAX_VALUE, 0, 0, Duration.ofDays(1));
        assertThat(large.percent()).isBetween(49, 50);
        assertThat(large.bytesPerSecond()).isPresent();
        assertThat(large.remaining().orElseThrow()).isBetween(Duration.ofHours(23), Duration.ofHours(25));
    }

    private static Progress last(List<Progress> progress) {
        assertThat(progress).isNotEmpty();
        return progress.get(progress.size() - 1);
    }

    /** Fails as soon as a phase begins. */
    private record Failing(Phase at) implements RewindListener {
        @Override
        public void phaseStarted(Phase phase) {
            if (phase == at) {
                throw new IllegalStateException("enough");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"COLLECT", "SCAN", "DECIDE"})
    void endsAPlanThatItFailsIn(Phase phase) throws IOException {
        PostgresServer target = pair.copyOfTarget();
        Map<String, String> before = TreeState.withTimes(target.dataDirectory());
        Rewind rewind = rewind(target, new Failing(phase));

        assertThatThrownBy(rewind::plan).hasStackTraceContaining("enough");

        assertThat(TreeState.withTimes(target.dataDirectory())).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"STAGE", "SEAL"})
    void leavesTheTargetAsItWasIfItFailsBeforeTheSeal(Phase phase) throws IOException {
        PostgresServer target = pair.copyOfTarget();
        Map<String, String> before = TreeState.contents(target.dataDirectory());
        RewindPlan plan = rewind(target, new Failing(phase)).plan();

        assertThatThrownBy(plan::execute)
                .isInstanceOfSatisfying(
                        RewindException.class, e -> assertThat(e.targetState()).isEqualTo(TargetState.UNTOUCHED))
                .hasRootCauseMessage("enough");

        assertThat(TreeState.contents(target.dataDirectory())).isEqualTo(before);
    }

    @Test
    void leavesWorkThatCanBeResumedIfItFailsBehindTheSeal() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        RewindPlan plan = rewind(target, new Failing(Phase.APPLY)).plan();

        assertThatThrownBy(plan::execute)
                .isInstanceOfSatisfying(
                        RewindException.class, e -> assertThat(e.targetState()).isEqualTo(TargetState.RESUMABLE))
                .hasRootCauseMessage("enough");

        assertThat(Rewind.resume(target.dataDirectory(), RewindListener.none())).isPresent();
        assertThat(rewind(target, RewindListener.none()).plan().verdict()).isEqualTo(Verdict.ALREADY_REWOUND);
    }
}
