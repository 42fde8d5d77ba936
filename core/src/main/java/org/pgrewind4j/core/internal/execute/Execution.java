package org.pgrewind4j.core.internal.execute;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.AfterSeal;
import org.pgrewind4j.core.Cancellation;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.RewindCancelledException;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.Warning;
import org.pgrewind4j.core.internal.apply.ApplyPhase;
import org.pgrewind4j.core.internal.apply.Verifier;
import org.pgrewind4j.core.internal.area.ControlFileAside;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.OverwrittenBlocks;
import org.pgrewind4j.core.internal.area.ServerLock;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.area.StatusFile;
import org.pgrewind4j.core.internal.area.TargetFailure;
import org.pgrewind4j.core.internal.area.TargetLock;
import org.pgrewind4j.core.internal.events.PhaseTimes;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.core.internal.stage.Order;
import org.pgrewind4j.core.internal.stage.OverwriteSplit;
import org.pgrewind4j.core.internal.stage.Sealer;
import org.pgrewind4j.core.internal.stage.StagePhase;
import org.pgrewind4j.core.internal.stage.StagePhase.Staged;
import org.pgrewind4j.core.internal.stage.StagedDataCheck;

/** Executes an order: stages, seals and applies. {@link #run} is the whole path, with its points of no return. */
public final class Execution {

    private final Order order;
    private final Path target;
    private final FileOperations files;
    private final StagingArea area;
    private final PhaseTimes times = new PhaseTimes();

    private Execution(Order order, FileOperations files) {
        this.order = order;
        this.target = order.target();
        this.files = files;
        this.area = new StagingArea(order.target(), order.links());
    }

    public static RewindReport execute(Order order) {
        return execute(
                order, LocalFileOperations.on(order.target(), order.manner().durability()));
    }

    /** Executes with file operations of the caller's. */
    public static RewindReport execute(Order order, FileOperations files) {
        try {
            RewindReport report = executed(order, files);
            order.manner().listener().finished();
            return report;
        } catch (RuntimeException e) {
            order.manner().listener().failed(e);
            throw e;
        }
    }

    private static RewindReport executed(Order order, FileOperations files) {
        Cancellation cancellation = order.manner().cancellation();
        try (Cancellation.Work work = cancellation.begin();
                TargetLock lock = TargetLock.acquire(order.target(), files)) {
            return new Execution(order, files).execute(lock, work);
        } catch (RewindException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Until the target is locked, what lies there is another process's.
            throw cancellation.isCancelled()
                    ? cancelled(order, TargetState.UNTOUCHED, e)
                    : TargetFailure.of(
                            order.work(), order.target(), order.source().description(), TargetState.UNTOUCHED, e);
        }
    }

    private RewindReport execute(TargetLock lock, Cancellation.Work work) {
        try {
            return run(lock, work);
        } catch (IOException | RuntimeException e) {
            boolean isCancelled = work.isCancelled();
            // What interrupted it would keep files from being looked at, too.
            work.close();
            throw isCancelled
                    ? cancelled(order, area.targetState(), e)
                    : TargetFailure.of(order.work(), target, order.source().description(), area.targetState(), e);
        }
    }

    private static RewindCancelledException cancelled(Order order, TargetState state, Exception cause) {
        return new RewindCancelledException(
                state, "the " + order.work() + " of \"" + order.target() + "\" was cancelled", cause);
    }

    private RewindReport run(TargetLock lock, Cancellation.Work work) throws IOException {
        requireUnchanged();
        area.removeUnsealed(files);
        StatusFile listener;
        Manifest manifest;
        List<Warning> warnings;
        try {
            area.create(files);
            lock.keepServersOff(target, area);
            listener = StatusFile.of(order.participants(), order.manner().listener(), area, files);
            try (StagePhase staging = StagePhase.begin(order, area, files, listener)) {
                OverwriteSplit split = staging.split();
                Staged staged = staging.stage(split.staged());
                if (!split.overwritten().isEmpty() && staged.result().reach() == StagedDataCheck.Reach.HOLDS_SO_FAR) {
                    // Whether it may be done at all depends on these blocks, too.
                    staged = staging.stageMore(split.overwritten(), staged);
                } else if (!split.overwritten().isEmpty()) {
                    OverwrittenBlocks.note(split.overwritten(), staging.note(split.overwritten()), area, files);
                    // The point of no return of an execution in place: from here on no server starts on the target, and
                    // until the seal only a rewind from a source makes it whole.
                    ControlFileAside.move(area, files, order.fingerprint());
                    staged = staging.overwrite(split.overwritten(), staged);
                }
                times.ended(Phase.STAGE);
                // Staging takes as long as it takes, and nothing keeps others from starting the server meanwhile.
                requireUnchanged();
                work.check();
                listener.phaseStarted(Phase.SEAL);
                // The point of no return: the last thing that sealing does makes all that is staged count. Up to then
                // the target is untouched, but for blocks that were overwritten; from then on it is finished without
                // the source.
                manifest = new Sealer(order, area, files).seal(staging.copies(), staged);
                times.ended(Phase.SEAL);
                warnings = staged.result().warnings();
            }
        } catch (IOException | RuntimeException e) {
            dropQuietly(e);
            throw e;
        }
        if (order.manner().afterSeal() == AfterSeal.FINISH) {
            work.shield();
        } else {
            work.check();
        }
        Verifier verifier = new Verifier(order.manner().verify(), order.manner().restorable());
        return listener.of(new ApplyPhase(target, area, files, verifier, listener)
                        .complete(manifest, Verdict.REWIND, times))
                .warnings(warnings)
                .build();
    }

    /** All was decided for this very state of the target. */
    private void requireUnchanged() throws IOException {
        if (!order.isPlannedFor(area.plannedControlFile()) || ServerLock.isServerRunning(target)) {
            throw ServerLock.startedSincePlanned(target);
        }
        // A restore by content has compared what was overwritten as well.
        Optional<Problem> problem =
                order.restore() == null ? OverwrittenBlocks.keptBy(order.actions(), area) : Optional.empty();
        if (problem.isPresent()) {
            throw new RewindRefusedException(List.of(problem.get()));
        }
    }

    /** What is not sealed is of no use to anyone. */
    private void dropQuietly(Exception cause) {
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
