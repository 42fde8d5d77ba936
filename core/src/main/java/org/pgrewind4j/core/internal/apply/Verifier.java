package org.pgrewind4j.core.internal.apply;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.Verification;
import org.pgrewind4j.core.VerificationException;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.RestoredBackup;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Proves what {@link Verify} asks for, while the control file is still aside: what turns out wrong then never starts, and
 * can be done again.
 *
 * @param verify what is to be proven
 * @param restorable the WAL segments that the standby gets by itself
 */
public record Verifier(Verify verify, Predicate<WalSegmentName> restorable) {

    public static Verifier of(Verify verify) {
        return new Verifier(verify, segment -> false);
    }

    /**
     * Reads back all that was applied, and all WAL that replay needs.
     *
     * @return what was found right; empty if nothing is to be proven
     * @throws VerificationException if anything is not as it ought to be
     */
    Optional<Verification> verify(Path target, StagingArea area, Manifest manifest, RewindListener listener)
            throws IOException {
        if (verify == Verify.NOTHING) {
            return Optional.empty();
        }
        ControlFile control = ControlFile.parse(Files.readAllBytes(area.newControlFile()));
        Manifest.ReplayPoints points = manifest.points();
        ProgressCounter progress = new ProgressCounter(
                listener,
                Phase.VERIFY,
                manifest.bytes() + points.end().minus(points.redo()),
                manifest.steps().size());
        RestoredBackup restored = manifest.restored();
        // What a restored server replays it gets by itself, but for what the backup holds.
        Optional<ReplayWalCheck> wal = restored == null
                ? Optional.of(new ReplayWalCheck(target, cluster(target, control), restorable, progress))
                : Optional.empty();
        if (wal.isPresent()) {
            wal.get().check(points);
        }
        AppliedFilesCheck files = AppliedFilesCheck.of(target, control, manifest, progress);
        files.check(manifest.steps());
        progress.tell();
        return Optional.of(new Verification(
                manifest.steps().size(),
                files.bytes(),
                files.pages(),
                files.pagesWithChecksum(),
                points.redo(),
                points.end(),
                wal.map(ReplayWalCheck::records).orElse(0L),
                wal.map(ReplayWalCheck::toRestore).orElse(List.of())));
    }

    private static Cluster cluster(Path target, ControlFile control) throws IOException {
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.openToLookAt(target)) {
            return Cluster.of(transport, control);
        }
    }
}
