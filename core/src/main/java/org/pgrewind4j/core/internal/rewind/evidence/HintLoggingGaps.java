package org.pgrewind4j.core.internal.rewind.evidence;

import java.util.List;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.record.ParameterChange;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/**
 * Whether the target without data checksums logged its hint bits all the time since the divergence. Its control file
 * says no more than how its server was started the last time.
 *
 * <p>A start with other parameters than before is a record in the WAL. It does not say what was before: that is given
 * by the record before it, or by a hint bit that was logged meanwhile.
 */
final class HintLoggingGaps {

    private final List<ParameterChange> changes;
    private final List<Lsn> images;
    private final Lsn divergence;

    HintLoggingGaps(ChangedBlocks changed, Lsn divergence) {
        this.changes = changed.parameterChanges();
        this.images = changed.hintImages();
        this.divergence = divergence;
    }

    /** What is wrong about them, as part of a sentence; empty if they were logged. */
    Optional<String> gap() {
        boolean logged = false;
        Lsn since = Lsn.INVALID;
        for (ParameterChange change : changes) {
            if (change.lsn().isBefore(divergence)) {
                logged = change.walLogHints();
                since = change.lsn();
                continue;
            }
            if (!logged && !isImageWithin(since, change.lsn())) {
                return Optional.of("nothing shows that it logged hint bits before its server was started with other"
                        + " parameters at " + change.lsn());
            }
            if (!change.walLogHints()) {
                return Optional.of("its server was started with wal_log_hints = off at " + change.lsn());
            }
            logged = true;
            since = change.lsn();
        }
        return Optional.empty();
    }

    private boolean isImageWithin(Lsn from, Lsn to) {
        return images.stream().anyMatch(image -> !image.isBefore(from) && image.isBefore(to));
    }
}
