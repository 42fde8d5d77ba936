package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceChangedException;

/**
 * Stages, seals and applies: the last three steps of a rewind. The seal is the point of no return: a failure before it
 * leaves the target untouched, one after it leaves work that can be finished without the source.
 */
final class Execution {

    private static final System.Logger LOG = System.getLogger(Execution.class.getName());

    private final Path target;
    private final FileOperations files;

    /** What can still end it early. */
    private Cancellation cancellation;

    private RewindListener listener;
    private final PhaseTimes times = new PhaseTimes();
    private TargetState state = TargetState.UNTOUCHED;

    private Execution(Path target, FileOperations files, RewindListener listener, Cancellation cancellation) {
        this.target = target;
        this.files = files;
        this.listener = listener;
        this.cancellation = cancellation;
    }

    static RewindReport execute(RewindPlan plan) {
        RewindReport report = perform(plan);
        if (plan.verdict() != Verdict.REWIND) {
            // A rewind has it sealed, so that resuming it needs nobody to know the settings.
            StandbyWriter.write(
                    plan.settings(),
                    operations(plan.settings().target(), plan.settings().durability()));
        }
        return report;
    }

    private static RewindReport perform(RewindPlan plan) {
        return switch (plan.verdict()) {
            case REFUSED -> throw new RewindRefusedException(plan.problems());
            case NOT_NEEDED, CAN_FOLLOW -> nothingDone(plan);
            case ALREADY_REWOUND -> {
                // A rewind that was killed after its very last change can have left its staging area.
                sweep(plan.settings());
                yield nothingDone(plan);
            }
            case REWIND ->
                execute(
                        plan,
                        operations(plan.settings().target(), plan.settings().durability()));
            case RESUME ->
                resume(
                                plan.settings().target(),
                                plan.settings().durability(),
                                plan.settings().listener())
                        .orElseGet(() -> nothingDone(plan));
        };
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
                Map.of());
    }

    private static void sweep(Settings settings) {
        resume(settings.target(), settings.durability(), settings.listener());
    }

    /** Executes with file operations of the caller's. */
    static RewindReport execute(RewindPlan plan, FileOperations files) {
        Settings settings = plan.settings();
        return new Execution(settings.target(), files, settings.listener(), settings.cancellation()).run(plan);
    }

    private static FileOperations operations(Path target, Durability durability) {
        try {
            return new LocalFileOperations(target, durability);
        } catch (IOException e) {
            throw new RewindException(
                    TargetState.UNTOUCHED, "cannot look at \"" + target + "\": " + Failures.describe(e), e);
        }
    }

    private RewindReport run(RewindPlan plan) {
        try (Cancellation.Work work = cancellation.begin();
                TargetLock lock = TargetLock.acquire(target, files)) {
            requireUnchanged(plan.facts());
            StagingArea area = new StagingArea(target, plan.facts().links());
            Manifest manifest = stage(plan, area, lock, work);
            if (plan.settings().afterSeal() == AfterSeal.FINISH) {
                work.shield();
                cancellation = Cancellation.create();
            } else {
                work.check();
            }
            return apply(manifest, area, Verdict.REWIND);
        } catch (IOException | RuntimeException e) {
            throw failed(e);
        }
    }

    private RewindException failed(Exception e) {
        if (cancellation.isCancelled()) {
            return new RewindCancelledException(state, "the rewind of \"" + target + "\" was cancelled", e);
        }
        return new RewindException(state, "the rewind of \"" + target + "\" failed: " + Failures.describe(e), e);
    }

    /** The plan was made for this very state of the target. */
    private void requireUnchanged(RewindFacts facts) throws IOException {
        byte[] controlFile = Files.readAllBytes(DataPath.CONTROL_FILE.in(target));
        if (!Arrays.equals(controlFile, facts.targetControl().toBytes()) || ServerLock.isServerRunning(target)) {
            throw new PgRewindException(PgRewindException.withHint(
                    "a server was started on the target since the rewind was planned", "stop it and plan again."));
        }
    }

    private Manifest stage(RewindPlan plan, StagingArea area, TargetLock lock, Cancellation.Work work)
            throws IOException {
        RewindFacts facts = plan.facts();
        Settings settings = plan.settings();
        area.remove(files);
        try {
            area.create(files);
            lock.keepServersOff(target, area);
            listener = StatusFile.of(settings.source().description(), listener, area, files);
            ProgressCounter progress = new ProgressCounter(
                    listener, Phase.STAGE, plan.bytes().total(), plan.actions().size());
            Stager stager = new Stager(settings.source(), area, files, progress);
            StagedPages pages = new StagedPages(
                    settings.source(), area, files, facts.source().controlFile());
            stager.fetch(plan.actions().stream()
                    .filter(action -> !StagedWal.isSegment(action.path()))
                    .toList());
            pages.check(stager.copies());
            ReplayEnd end = settings.source().replayEnd();
            requireSameTimeline(facts, end);
            requireStillUsable(settings, end);
            stageWal(facts, stager, end);
            stager.restore(plan.actions(), settings);
            pages.check(stager.copies());
            progress.tell();
            new TemplateCheck(settings, facts, area).check(plan.actions(), stager.copies(), end.lsn());
            new TablespaceCheck(settings, facts, area).check(plan.actions(), end.lsn());
            times.ended(Phase.STAGE);
            // Staging takes as long as it takes, and nothing keeps others from starting the server meanwhile.
            requireUnchanged(facts);
            work.check();
            listener.phaseStarted(Phase.SEAL);
            Manifest manifest = new Sealer(settings, facts, area, files).seal(plan, stager.copies(), end);
            state = TargetState.RESUMABLE;
            times.ended(Phase.SEAL);
            return manifest;
        } catch (IOException | RuntimeException e) {
            dropQuietly(area, e);
            throw e;
        }
    }

    private static void requireSameTimeline(RewindFacts facts, ReplayEnd end) {
        if (!end.timeline().equals(facts.source().history().timeline())) {
            throw new SourceChangedException(PgRewindException.withHint(
                    "the source went from timeline %s to %s while it was copied"
                            .formatted(facts.source().history().timeline(), end.timeline()),
                    "plan again."));
        }
    }

    /** What was asked for the plan may have changed while the source was copied. */
    private static void requireStillUsable(Settings settings, ReplayEnd end) throws IOException {
        Preconditions preconditions = new Preconditions();
        preconditions.checkSource(end.controlFile(), settings.source().problems());
        if (!preconditions.problems().isEmpty()) {
            throw new RewindRefusedException(preconditions.problems());
        }
    }

    private static void stageWal(RewindFacts facts, Stager stager, ReplayEnd end) throws IOException {
        List<StagedCopy> segments =
                stager.fetch(facts.walFiles().copiesUpTo(facts.start().redo(), end.lsn()));
        for (StagedCopy segment : segments) {
            if (segment.isVanished()
                    || segment.delivered(0) < segment.ranges().get(0).length()) {
                throw new PgRewindException(PgRewindException.withHint(
                        "the source removed \"" + segment.path() + "\", which replay needs, while it was copied",
                        "give the source a replication slot or a greater wal_keep_size, and rewind again."));
            }
        }
    }

    private void dropQuietly(StagingArea area, Exception cause) {
        // What interrupted it would keep directories from being synced, too.
        boolean wasInterrupted = Thread.interrupted();
        try {
            if (area.state().isSealed()) {
                // It failed after the point of no return.
                state = TargetState.RESUMABLE;
            } else {
                area.remove(files);
            }
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private RewindReport apply(Manifest manifest, StagingArea area, Verdict verdict) throws IOException {
        ProgressCounter progress = new ProgressCounter(
                listener, Phase.APPLY, manifest.bytes(), manifest.steps().size());
        new Applier(target, area, files, progress).apply(manifest);
        progress.tell();
        removeQuietly(area);
        times.ended(Phase.APPLY);
        long removed = manifest.steps().stream().filter(Execution::removes).count();
        Manifest.ReplayPoints points = manifest.points();
        LOG.log(
                System.Logger.Level.INFO,
                "rewound {0}: {1} bytes copied, replay from {2} to {3}",
                target,
                manifest.bytes(),
                points.redo(),
                points.end());
        return new RewindReport(
                verdict,
                points.divergence(),
                points.redo(),
                points.end(),
                manifest.copied(),
                removed,
                manifest.steps().size() - removed,
                times.times());
    }

    /** The rewind is done: what cannot be removed now is swept by the next one, and no server minds it. */
    private void removeQuietly(StagingArea area) {
        try {
            area.remove(files);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the staging area stays: {0}", Failures.describe(e));
        }
    }

    private static boolean removes(Manifest.Step step) {
        return step instanceof Manifest.Plain plain
                && (plain.action() instanceof FileAction.RemoveFile
                        || plain.action() instanceof FileAction.RemoveDirectory);
    }

    /** Whether the target holds a sealed rewind that was not applied to its end. */
    static boolean canResume(Path target) throws IOException {
        StagingArea area = new StagingArea(target, List.of());
        return switch (area.state()) {
            case NONE, UNSEALED, APPLIED -> false;
            case HALF_APPLIED -> true;
            case SEALED -> isStillSealed(area);
        };
    }

    /**
     * A target whose control file changed since the seal was started meanwhile: what was staged fits it no more. Nor is
     * a manifest of use that cannot be read, while the target is still whole.
     */
    private static boolean isStillSealed(StagingArea area) throws IOException {
        String sealed;
        try {
            sealed = ManifestText.parse(Files.readAllBytes(area.manifest())).targetControlFile();
        } catch (PgRewindException e) {
            LOG.log(System.Logger.Level.WARNING, "what an interrupted rewind staged is dropped: {0}", e.getMessage());
            return false;
        }
        return Manifest.fingerprint(Files.readAllBytes(area.controlFile())).equals(sealed);
    }

    static Optional<RewindReport> resume(Path target, Durability durability, RewindListener listener) {
        return resume(target, operations(target, durability), listener);
    }

    static Optional<RewindReport> resume(Path target, FileOperations files, RewindListener listener) {
        Execution execution = new Execution(target, files, listener, Cancellation.create());
        try (TargetLock lock = TargetLock.acquire(target, files)) {
            StagingArea root = new StagingArea(target, List.of());
            boolean isApplied = root.state() == StagingArea.State.APPLIED;
            if (!isApplied && !canResume(target)) {
                return Optional.empty();
            }
            execution.state = isApplied ? TargetState.UNTOUCHED : TargetState.RESUMABLE;
            if (root.state() == StagingArea.State.SEALED) {
                ServerLock.requireNoServer(target);
            }
            Manifest manifest = ManifestText.parse(Files.readAllBytes(root.manifest()));
            StagingArea area = new StagingArea(
                    target,
                    manifest.places().stream()
                            .filter(place -> !place.isEmpty())
                            .map(DataPath::of)
                            .toList());
            if (isApplied) {
                // No crash may take the new control file away again once the area is gone.
                area.syncControlFile(files);
                area.remove(files);
                return Optional.empty();
            }
            new StagedCheck(area).check(manifest);
            // The sealing process may have been killed before its last names were durable.
            area.sync(files);
            lock.keepServersOff(target, area);
            execution.listener = StatusFile.resumed(listener, area, files);
            return Optional.of(execution.apply(manifest, area, Verdict.RESUME));
        } catch (IOException | RuntimeException e) {
            throw execution.failed(e);
        }
    }
}
