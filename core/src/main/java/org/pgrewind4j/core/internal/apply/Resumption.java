package org.pgrewind4j.core.internal.apply;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.ManifestText;
import org.pgrewind4j.core.internal.area.SealedRewind;
import org.pgrewind4j.core.internal.area.ServerLock;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.area.StatusFile;
import org.pgrewind4j.core.internal.area.TargetFailure;
import org.pgrewind4j.core.internal.area.TargetLock;
import org.pgrewind4j.core.internal.events.PhaseEvents;
import org.pgrewind4j.core.internal.events.PhaseTimes;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.transport.local.DataDirectoryException;

/** Finishes an execution that was interrupted after its seal, without the source. */
public final class Resumption {

    private final Path target;
    private final FileOperations files;
    private final Verifier verifier;
    private final PhaseEvents listener;

    /** Null until the target is locked: before, it is another process's. */
    private @Nullable StagingArea area;

    private Resumption(Path target, FileOperations files, Verifier verifier, RewindListener listener) {
        this.target = target;
        this.files = files;
        this.verifier = verifier;
        this.listener = PhaseEvents.of(listener);
    }

    public static Optional<RewindReport> resume(
            Path target, Durability durability, Verifier verifier, RewindListener listener) {
        return resume(target, LocalFileOperations.on(target, durability), verifier, listener);
    }

    /** Resumes with file operations of the caller's. */
    public static Optional<RewindReport> resume(
            Path target, FileOperations files, Verifier verifier, RewindListener listener) {
        Resumption resumption = new Resumption(target, files, verifier, listener);
        try {
            Optional<RewindReport> report = resumption.resume();
            resumption.listener.finished();
            return report;
        } catch (RuntimeException e) {
            resumption.listener.failed(e);
            throw e;
        }
    }

    private Optional<RewindReport> resume() {
        Optional<DataDirectoryException> none = DataDirectoryException.find(Side.TARGET, target);
        if (none.isPresent()) {
            throw TargetFailure.of(target, TargetState.UNTOUCHED, none.get());
        }
        try (TargetLock lock = TargetLock.acquire(target, files)) {
            StagingArea root = new StagingArea(target, List.of());
            area = root;
            requireSealed(root);
            boolean isApplied = root.state() == StagingArea.State.APPLIED;
            if (!isApplied && !SealedRewind.isIn(target)) {
                return Optional.empty();
            }
            if (root.state() == StagingArea.State.SEALED) {
                ServerLock.requireNoServer(target);
            }
            Manifest manifest = ManifestText.parse(Files.readAllBytes(root.manifest()));
            StagingArea whole = withPlaces(manifest);
            if (isApplied) {
                // No crash may take the new control file away again once the area is gone.
                whole.syncControlFile(files);
                whole.remove(files);
                return Optional.empty();
            }
            return Optional.of(resume(manifest, whole, lock));
        } catch (IOException | RuntimeException e) {
            throw TargetFailure.of(target, area == null ? TargetState.UNTOUCHED : area.targetState(), e);
        }
    }

    private static void requireSealed(StagingArea area) throws IOException {
        if (area.state() == StagingArea.State.OVERWRITING) {
            throw new ProblemException(new Problem(
                    Problem.Kind.INTERRUPTED_IN_PLACE,
                    "an execution in place was interrupted before its seal",
                    "rewind the target, which finishes it."));
        }
    }

    private StagingArea withPlaces(Manifest manifest) {
        return new StagingArea(
                target,
                manifest.places().stream()
                        .filter(place -> !place.isEmpty())
                        .map(DataPath::of)
                        .toList());
    }

    /** A killed apply can have given a file its size and not made that durable: the next finds nothing to do there. */
    private void syncOverwritten(Manifest manifest) throws IOException {
        DataDirectory directory = DataDirectory.of(target);
        List<Path> overwritten = new ArrayList<>();
        for (Manifest.Step step : manifest.steps()) {
            if (step instanceof Manifest.Parts parts && parts.staged().isEmpty()) {
                overwritten.add(directory.resolve(parts.path()));
            }
        }
        files.syncFiles(overwritten);
    }

    private RewindReport resume(Manifest manifest, StagingArea area, TargetLock lock) throws IOException {
        PhaseTimes times = new PhaseTimes();
        new SealedDataCheck(target, area).check(manifest);
        // The sealing process may have been killed before its last names were durable.
        area.sync(files);
        syncOverwritten(manifest);
        lock.keepServersOff(target, area);
        StatusFile told = StatusFile.resumed(target, listener, area, files);
        return told.of(new ApplyPhase(target, area, files, verifier, told).complete(manifest, Verdict.RESUME, times))
                .build();
    }
}
