package org.pgrewind4j.core.internal.rewind.evidence;

import java.util.List;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.CheckpointRecord;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/**
 * Whether a target that is the primary which it was at the divergence is known to have logged its hints ever since.
 *
 * <p>Its control file only says what holds now. {@code wal_log_hints} changes with a start, and a record tells it. Data
 * checksums can be switched without any trace: {@code pg_checksums} works on a cluster that was shut down, writes each
 * page in place and then the control file ({@code src/bin/pg_checksums/pg_checksums.c}). Neither page images in WAL nor
 * the pages tell when: an image has the checksum that the page had when it was read, which is zero on a page that was
 * made since, and stays on a page as it was where checksums are switched off
 * ({@code src/backend/storage/page/bufpage.c}, {@code PageSetChecksumCopy}). Times of files can be set.
 *
 * <p>What does prove it is an image that was logged for a hint: there are such only with checksums or
 * {@code wal_log_hints} ({@code XLogHintBitIsNeeded}). Neither changes while a server runs, so one image proves it for
 * all the time from one shutdown to the next. A server that crashed still has what its control file says: its cluster
 * cannot be switched before it was started and shut down again.
 *
 * <p>Without proof nothing is wrong yet. The rewind then does what it does for a target that was a standby, which does
 * not need logged hints: {@link HintBitHorizon}.
 */
final class HintProof {

    private HintProof() {}

    /**
     * Whether there is proof.
     *
     * @param target the target's control file
     * @param since where the target began to write WAL itself
     * @param changed what its WAL says
     */
    static boolean isGiven(ControlFile target, Lsn since, ChangedBlocks changed, Lsn divergence) {
        if (target.walLogHints()
                && new HintLoggingGaps(changed, divergence).gap().isEmpty()) {
            return true;
        }
        Lsn begin = since;
        for (CheckpointRecord checkpoint : changed.checkpoints()) {
            Lsn end = checkpoint.begin();
            if (checkpoint.shutdown() && !end.isBefore(begin)) {
                if (!end.isBefore(divergence) && !isImageWithin(changed.hintImages(), begin, end)) {
                    return false;
                }
                begin = end;
            }
        }
        return changed.lastRecord().equals(begin)
                || !target.state().isCleanlyStopped()
                || isImageWithin(changed.hintImages(), begin, Lsn.MAX);
    }

    private static boolean isImageWithin(List<Lsn> images, Lsn from, Lsn to) {
        return images.stream().anyMatch(image -> !image.isBefore(from) && image.isBefore(to));
    }
}
