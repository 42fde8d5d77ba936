package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.transport.ReplayEnd;

/**
 * Stages, seals and applies: the last three steps of a rewind. The seal is the point of no return: a failure before it
 * leaves the target untouched, one after it leaves work that can be finished without the source.
 */
final class Execution {

    private final RewindPlan plan;
    private final Settings settings;
    private final Path target;
    private final FileOperations files;
    private final PhaseTimes times = new PhaseTimes();

    private RewindListener listener;

    /** What can still end it early. */
    private Cancellation cancellation;

    /** Null until the target is locked: before, it is another process's. */
    private @Nullable StagingArea area;

    private Execution(RewindPlan plan, FileOperations files) {
        this.plan = plan;
        this.settings = plan.settings();
        this.target = settings.target();
        this.files = files;
        this.listener = settings.listener();
        this.cancellation = settings.cancellation();
    }

    static RewindReport execute(RewindPlan plan) {
        Settings settings = plan.settings();
        if (plan.verdict() == Verdict.REFUSED) {
            throw new RewindRefusedException(plan.problems());
        }
        FileOperations files = LocalFileOperations.on(settings.target(), settings.durability());
        if (plan.verdict() == Verdict.REWIND) {
            return execute(plan, files);
        }
        RewindReport report = plan.verdict() == Verdict.RESUME || plan.verdict() == Verdict.ALREADY_REWOUND
                // A rewind that was killed after its very last change can have left its staging area.
                ? Resumption.resume(settings.target(), files, Verifier.of(settings), settings.listener())
                        .orElseGet(() -> nothingDone(plan))
                : nothingDone(plan);
        // A rewind has this sealed, so that resuming it needs nobody to know the settings.
        StandbyWriter.write(settings, files);
        return report;
    }

    private static RewindReport nothingDone(RewindPlan plan) {
        return new RewindReport(
                plan.verdict(),
                plan.divergence().orElse(null),
                null,
                null,
                new CopiedBytes(0, 0, 0, 0, 0),
                0,
                0,
                Map.of(),
                null);
    }

    /** Executes with file operations of the caller's. */
    static RewindReport execute(RewindPlan plan, FileOperations files) {
        return new Execution(plan, files).run();
    }

    private RewindReport run() {
        try (Cancellation.Work work = cancellation.begin();
                TargetLock lock = TargetLock.acquire(target, files)) {
            StagingArea area = new StagingArea(target, plan.facts().links());
            this.area = area;
            requireUnchanged(area);
            area.removeUnsealed(files);
            Manifest manifest = seal(area, lock, work);
            if (settings.afterSeal() == AfterSeal.FINISH) {
                work.shield();
                cancellation = Cancellation.create();
            } else {
                work.check();
            }
            return new Completion(target, area, files, Verifier.of(settings), listener)
                    .complete(manifest, Verdict.REWIND, times);
        } catch (IOException | RuntimeException e) {
            throw failed(e);
        } finally {
            settings.listener().end();
        }
    }

    private RewindException failed(Exception e) {
        TargetState state = area == null ? TargetState.UNTOUCHED : area.targetState();
        return cancellation.isCancelled()
                ? new RewindCancelledException(state, "the rewind of \"" + target + "\" was cancelled", e)
                : RewindException.failed(target, state, e);
    }

    /** The plan was made for this very state of the target. */
    private void requireUnchanged(StagingArea area) throws IOException {
        byte[] controlFile = Files.readAllBytes(area.plannedControlFile());
        if (!Arrays.equals(controlFile, plan.facts().targetControl().toBytes()) || ServerLock.isServerRunning(target)) {
            throw ServerLock.startedSincePlanned();
        }
        Optional<Problem> problem = OverwrittenBlocks.keptBy(plan.actions(), area);
        if (problem.isPresent()) {
            throw new RewindRefusedException(List.of(problem.get()));
        }
    }

    private Manifest seal(StagingArea area, TargetLock lock, Cancellation.Work work) throws IOException {
        try {
            area.create(files);
            lock.keepServersOff(target, area);
            listener = StatusFile.of(settings.source().description(), listener, area, files);
            Staging staging = new Staging(plan, area, files, listener);
            ReplayEnd end = staging.stage();
            times.ended(Phase.STAGE);
            // Staging takes as long as it takes, and nothing keeps others from starting the server meanwhile.
            requireUnchanged(area);
            work.check();
            listener.phaseStarted(Phase.SEAL);
            Manifest manifest = new Sealer(settings, plan.facts(), area, files).seal(plan, staging.copies(), end);
            times.ended(Phase.SEAL);
            return manifest;
        } catch (IOException | RuntimeException e) {
            dropQuietly(area, e);
            throw e;
        }
    }

    /** What is not sealed is of no use to anyone. */
    private void dropQuietly(StagingArea area, Exception cause) {
        // What interrupted it would keep directories from being synced, too.
        boolean wasInterrupted = Thread.interrupted();
        try {
            if (!area.state().isSealed()) {
                area.removeUnsealed(files);
            }
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
