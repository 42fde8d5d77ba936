package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
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
        Progress scanned = last(recorder.of(Phase.SCAN));
        assertThat(scanned.bytesDone())
                .isEqualTo(plan.targetEnd().orElseThrow().minus(plan.redo().orElseThrow()));
        Progress staged = last(recorder.of(Phase.STAGE));
        assertThat(staged.bytesExpected()).isEqualTo(plan.bytes().total());
        assertThat(staged.bytesDone()).isEqualTo(staged.bytesExpected());
        assertThat(last(recorder.of(Phase.APPLY))).satisfies(applied -> {
            assertThat(applied.bytesDone()).isPositive().isEqualTo(applied.bytesExpected());
            assertThat(applied.filesDone()).isPositive().isEqualTo(applied.filesExpected());
        });
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
