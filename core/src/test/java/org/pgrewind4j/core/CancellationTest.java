package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.core.RewindException.TargetState;

/** A rewind ends when it is told to: at once before its seal, and as the caller chose afterwards. */
@Tag("server")
class CancellationTest {

    @TempDir
    static Path folder;

    private static ThinPair pair;

    private final Cancellation cancellation = Cancellation.create();
    private Map<String, String> untouched;
    private List<String> threads;
    private List<String> openFiles;

    @BeforeAll
    static void diverge() throws IOException {
        pair = ThinPair.in(folder);
    }

    @AfterAll
    static void closePair() {
        pair.close();
    }

    @BeforeEach
    void restore() throws IOException {
        pair.restore();
        untouched = TreeState.contents(pair.target());
        threads = threads();
        openFiles = openFiles();
    }

    @AfterEach
    void leavesNothingBehind() throws IOException {
        assertThat(Thread.interrupted()).isFalse();
        assertThat(threads()).isEqualTo(threads);
        assertThat(openFiles()).isEqualTo(openFiles);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("pgrewind4j") || name.startsWith("wal-scan"))
                .sorted()
                .toList();
    }

    private static List<String> openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .map(CancellationTest::target)
                    .filter(file -> file.startsWith(folder.toString()))
                    .sorted()
                    .toList();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // That of the listing itself, which is closed by now.
            return "";
        }
    }

    /** Cancels from another thread when a phase begins, and continues when that was done. */
    private RewindListener cancelsAt(Phase wanted) {
        return new RewindListener() {
            @Override
            public void phaseStarted(Phase phase) {
                if (phase == wanted) {
                    inAnotherThread(cancellation::cancel);
                }
            }
        };
    }

    private static void inAnotherThread(Runnable task) {
        CountDownLatch done = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            task.run();
            done.countDown();
        });
        thread.start();
        boolean interrupted = false;
        while (done.getCount() > 0) {
            try {
                done.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"COLLECT", "SCAN", "DECIDE"})
    void endsPlanning(Phase phase) {
        assertThatThrownBy(() -> pair.rewind()
                        .listener(cancelsAt(phase))
                        .cancelledBy(cancellation)
                        .plan())
                .isInstanceOf(RewindCancelledException.class)
                .hasMessageStartingWith("planning the rewind of \"" + pair.target() + "\" was cancelled");
        assertThat(TreeState.contents(pair.target())).isEqualTo(untouched);
    }

    @ParameterizedTest
    @EnumSource(names = {"STAGE", "SEAL"})
    void endsExecutingBeforeTheSeal(Phase phase) {
        RewindPlan plan = pair.rewind()
                .listener(cancelsAt(phase))
                .cancelledBy(cancellation)
                .plan();

        RewindCancelledException end = catchThrowableOfType(RewindCancelledException.class, plan::execute);

        assertThat(end).hasMessageStartingWith("the rewind of \"" + pair.target() + "\" was cancelled");
        assertThat(end.targetState()).isEqualTo(TargetState.UNTOUCHED);
        assertThat(TreeState.contents(pair.target())).isEqualTo(untouched);
        assertThatThrownBy(plan::execute).isInstanceOf(RewindCancelledException.class);
    }

    @Test
    void finishesWhatIsSealed() {
        RewindReport report = pair.rewind()
                .listener(cancelsAt(Phase.APPLY))
                .cancelledBy(cancellation)
                .plan()
                .execute();

        assertThat(report.verdict()).isEqualTo(Verdict.REWIND);
        assertThat(Rewind.status(pair.target())).isEmpty();
    }

    @Test
    void stopsWhatIsSealedWhereTheCallerChoseThat() {
        RewindPlan plan = pair.rewind()
                .listener(cancelsAt(Phase.APPLY))
                .cancelledBy(cancellation)
                .afterSeal(AfterSeal.STOP)
                .plan();

        RewindCancelledException end = catchThrowableOfType(RewindCancelledException.class, plan::execute);

        assertThat(end.targetState()).isEqualTo(TargetState.RESUMABLE);
        assertThat(pair.plan().verdict()).isEqualTo(Verdict.RESUME);
        assertThat(Rewind.resume(pair.target(), RewindListener.none())).isPresent();
    }

    @Test
    void endsWhatAHangingSourceKeepsWaiting() {
        HangingSource source = new HangingSource(pair.source(), cancellation::cancel);
        RewindPlan plan = Rewind.of(pair.target())
                .from(source)
                .mapTablespace(pair.comes(), folder.resolve("target/spaces/comes"))
                .cancelledBy(cancellation)
                .plan();

        assertThatThrownBy(plan::execute).isInstanceOf(RewindCancelledException.class);
        assertThat(TreeState.contents(pair.target())).isEqualTo(untouched);
    }

    @Test
    void deadlineEndsIt() {
        HangingSource source = new HangingSource(pair.source(), () -> {});
        RewindPlan plan = Rewind.of(pair.target())
                .from(source)
                .mapTablespace(pair.comes(), folder.resolve("target/spaces/comes"))
                .cancelledBy(Cancellation.after(Duration.ofSeconds(3)))
                .plan();

        assertThatThrownBy(plan::execute).isInstanceOf(RewindCancelledException.class);
        assertThat(TreeState.contents(pair.target())).isEqualTo(untouched);
    }

    @Test
    void interruptByTheCallerStaysAnInterrupt() {
        RewindPlan plan = pair.rewind()
                .listener(new RewindListener() {
                    @Override
                    public void phaseStarted(Phase phase) {
                        if (phase == Phase.STAGE) {
                            Thread.currentThread().interrupt();
                        }
                    }
                })
                .plan();

        RewindException end = catchThrowableOfType(RewindException.class, plan::execute);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(end).isNotInstanceOf(RewindCancelledException.class);
        assertThat(end.targetState()).isEqualTo(TargetState.UNTOUCHED);
        assertThat(TreeState.contents(pair.target())).isEqualTo(untouched);
    }
}
