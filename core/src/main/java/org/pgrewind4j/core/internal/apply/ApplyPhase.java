package org.pgrewind4j.core.internal.apply;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.Verification;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.events.PhaseTimes;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.timeline.PgRewindException;

/** Applies a sealed staging area, removes it, and says what was done. */
public final class ApplyPhase {

    private static final System.Logger LOG = System.getLogger(ApplyPhase.class.getName());

    private final Path target;
    private final StagingArea area;
    private final FileOperations files;
    private final Verifier verifier;
    private final RewindListener listener;

    public ApplyPhase(Path target, StagingArea area, FileOperations files, Verifier verifier, RewindListener listener) {
        this.target = target;
        this.area = area;
        this.files = files;
        this.verifier = verifier;
        this.listener = listener;
    }

    public RewindReport complete(Manifest manifest, Verdict verdict, PhaseTimes times) throws IOException {
        ProgressCounter progress = new ProgressCounter(
                listener, Phase.APPLY, manifest.bytes(), manifest.steps().size());
        Applier applier = new Applier(target, area, files, progress);
        applier.apply(manifest);
        progress.tell();
        times.ended(Phase.APPLY);
        Optional<Verification> verification = verifier.verify(target, area, manifest, listener);
        verification.ifPresent(proven -> times.ended(Phase.VERIFY));
        applier.finish();
        removeQuietly();
        times.ended(Phase.APPLY);
        long removed = manifest.steps().stream().filter(ApplyPhase::removes).count();
        Manifest.ReplayPoints points = manifest.points();
        LOG.log(
                System.Logger.Level.INFO,
                (manifest.restored() == null ? "rewound" : "restored")
                        + " {0}: {1} bytes copied, replay from {2} to {3}",
                target,
                // As text: the logger would group a number as the JVM's language does.
                Long.toString(manifest.copied().total()),
                points.redo(),
                points.end());
        return RewindReport.of(verdict)
                .divergence(Optional.ofNullable(points.divergence()))
                .replay(points.redo(), points.end())
                .bytes(manifest.copied())
                .files(manifest.steps().size() - removed, removed)
                .times(times.times())
                .verification(verification)
                .build();
    }

    /** The rewind is done: what cannot be removed now is swept by the next one, and no server minds it. */
    private void removeQuietly() {
        try {
            area.remove(files);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the staging area stays: {0}", PgRewindException.describe(e));
        }
    }

    private static boolean removes(Manifest.Step step) {
        return step instanceof Manifest.Plain plain
                && (plain.action() instanceof FileAction.RemoveFile
                        || plain.action() instanceof FileAction.RemoveDirectory);
    }
}
