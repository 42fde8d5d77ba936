package org.pgrewind4j.core.internal.salvage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.VerificationException;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.internal.apply.AppliedState;
import org.pgrewind4j.core.internal.apply.ApplyPhase;
import org.pgrewind4j.core.internal.apply.Resumption;
import org.pgrewind4j.core.internal.apply.Verifier;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.ManifestText;
import org.pgrewind4j.core.internal.area.SealedRewind;
import org.pgrewind4j.core.internal.area.ServerLock;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.area.TargetFailure;
import org.pgrewind4j.core.internal.area.TargetLock;
import org.pgrewind4j.core.internal.events.PhaseEvents;
import org.pgrewind4j.core.internal.events.PhaseTimes;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.FileOperations.WritableFile;

/**
 * Makes of a rewound target what it was before: stages a bundle, seals it, and has it applied as any execution. So it can be
 * killed at any moment, and is finished by the same call, or by {@link Resumption}.
 *
 * <p>That no server was started in between is told by the control file, which a server changes before it replays anything
 * ({@code src/backend/access/transam/xlog.c}, {@code StartupXLOG}: the state, then the label's name); and each path that the
 * rewind changed is held against what the rewind made of it, with it {@code postmaster.opts}, which was removed and which a
 * server creates before all else ({@code src/backend/postmaster/postmaster.c}, {@code CreateOptsFile}). Nothing else has
 * changed, for the rewind changed nothing else.
 */
public final class Undo {

    private static final int BUFFER = 1 << 16;

    private final BundleFiles bundle;
    private final Path target;
    private final FileOperations files;
    private final RewindListener listener;

    private Undo(Path bundle, Path target, FileOperations files, RewindListener listener) {
        this.bundle = new BundleFiles(bundle);
        this.target = target;
        this.files = files;
        this.listener = listener;
    }

    /**
     * Undoes a rewind.
     *
     * @return whether there was anything to undo
     */
    public static boolean undo(Path bundle, Path target, FileOperations files, RewindListener listener) {
        PhaseEvents events = PhaseEvents.of(listener);
        try {
            boolean hasUndone = new Undo(bundle, target, files, events).undo();
            events.finished();
            return hasUndone;
        } catch (IOException | RuntimeException e) {
            RuntimeException failure = e instanceof RewindException known
                    ? known
                    : TargetFailure.of("undo", target, "", new StagingArea(target, List.of()).targetState(), e);
            events.failed(failure);
            throw failure;
        }
    }

    private boolean undo() throws IOException {
        bundle.verify();
        Manifest undo = bundle.undo();
        StagingArea area = new StagingArea(target, List.of());
        if (SealedRewind.isIn(target)) {
            requireOwn(undo, area);
        } else if (!isUndone(undo, area)) {
            try (TargetLock lock = TargetLock.acquire(target, files)) {
                requireRewound(undo, area);
                run(undo, area, lock);
            }
            return true;
        }
        return Resumption.resume(target, files, Verifier.of(Verify.RESULT), listener)
                .isPresent();
    }

    private static void requireOwn(Manifest undo, StagingArea area) throws IOException {
        if (!ManifestText.parse(Files.readAllBytes(area.manifest())).equals(undo)) {
            throw refused(
                    "a rewind of the target was interrupted, so that it is neither what it was nor what it was to be",
                    "finish it (Rewind.resume, which needs no source), then undo it.");
        }
    }

    private boolean isUndone(Manifest undo, StagingArea area) throws IOException {
        String found = Manifest.fingerprint(area.controlFile());
        return !found.equals(undo.targetControlFile()) && found.equals(Manifest.fingerprint(bundle.controlFile()));
    }

    private void requireRewound(Manifest undo, StagingArea area) throws IOException {
        if (ServerLock.isServerRunning(target)
                || !Manifest.fingerprint(area.controlFile()).equals(undo.targetControlFile())) {
            throw refused(
                    "the target is not what the rewind of this bundle left: a server was started on it since, or it is"
                            + " another one",
                    "check the paths; what a server has changed since cannot be undone.");
        }
        try {
            AppliedState.check(target, bundle.rewound());
        } catch (VerificationException e) {
            throw refused(
                    "the target was changed since the rewind of this bundle: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    "bring that path back to what the rewind left, then undo the rewind.");
        }
    }

    private static RewindRefusedException refused(String message, String cure) {
        return new RewindRefusedException(List.of(new Problem(Problem.Kind.NOT_AS_REWOUND, message, cure)));
    }

    private void run(Manifest undo, StagingArea area, TargetLock lock) throws IOException {
        area.removeUnsealed(files);
        try {
            requireRoom(undo);
            area.create(files);
            lock.keepServersOff(target, area);
            stage(undo, area);
            AppliedState.checkStaged(target, area, undo);
            seal(undo, area);
        } catch (IOException | RuntimeException e) {
            if (!area.state().isSealed()) {
                area.removeUnsealed(files);
            }
            throw e;
        }
        new ApplyPhase(target, area, files, Verifier.of(Verify.RESULT), listener)
                .complete(undo, Verdict.RESUME, new PhaseTimes());
    }

    private void requireRoom(Manifest undo) throws IOException {
        long free = Files.getFileStore(target).getUsableSpace();
        if (free < undo.bytes()) {
            throw new RewindRefusedException(List.of(new Problem(
                    Problem.Kind.NOT_ENOUGH_DISK,
                    "the file system of \"" + target + "\" has " + free + " bytes free, and the undo needs "
                            + undo.bytes(),
                    "free that much for the time of the undo.")));
        }
    }

    /** Uncompresses, in the order of the steps. */
    private void stage(Manifest undo, StagingArea area) throws IOException {
        List<Path> written = new ArrayList<>();
        Path blocks = area.in("", StagingArea.BLOCKS);
        try (InputStream data = new GZIPInputStream(Files.newInputStream(bundle.file(BundleFiles.DATA)), BUFFER);
                WritableFile toBlocks = files.open(blocks)) {
            toBlocks.resize(0);
            for (Manifest.Step step : undo.steps()) {
                if (step instanceof Manifest.WholeFile file) {
                    Path staged = area.in("", file.name());
                    try (WritableFile to = files.open(staged)) {
                        copy(data, to, 0, file.size());
                    }
                    written.add(staged);
                } else if (step instanceof Manifest.Parts parts) {
                    for (Manifest.Piece piece : parts.pieces()) {
                        copy(data, toBlocks, piece.staged(), piece.length());
                    }
                }
            }
        }
        written.add(blocks);
        files.syncFiles(written);
        files.write(area.newControlFile(), bundle.controlFile());
    }

    private static void copy(InputStream from, WritableFile to, long offset, long length) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (long done = 0; done < length; ) {
            int read = from.readNBytes(buffer, 0, (int) Math.min(BUFFER, length - done));
            if (read == 0) {
                throw new IOException("the bundle holds less than its manifest says");
            }
            to.write(ByteBuffer.wrap(buffer, 0, read), offset + done);
            done += read;
        }
    }

    private void seal(Manifest undo, StagingArea area) throws IOException {
        Path unfinished = area.root().resolve("manifest.new");
        files.write(unfinished, ManifestText.format(undo));
        // All that the manifest speaks of outlives a crash before the manifest itself can.
        area.sync(files);
        files.move(unfinished, area.manifest());
        files.syncDirectory(area.root());
    }
}
