package org.pgrewind4j.core.internal.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.WalSegmentName;

/**
 * The {@code backup_label} that makes a server start its replay at the redo point instead of at the control file's
 * checkpoint (PostgreSQL: {@code src/backend/access/transam/xlogrecovery.c}, {@code read_backup_label}).
 *
 * <p>The label proper, a free text, names the {@link BranchIdentity branch} that the rewind went to.
 *
 * <p>{@code BACKUP FROM: standby} makes it take {@code minRecoveryPoint} for the end of the backup.
 */
public final class BackupLabel {

    public static final DataPath PATH = DataPath.of("backup_label");

    private static final String METHOD = "BACKUP METHOD: pg_rewind\n";
    private static final String LABEL = "LABEL: pgrewind4j to ";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private BackupLabel() {}

    public static byte[] format(
            ReplayStart start, TimelineHistory history, int segmentSize, Instant now, BranchIdentity branch) {
        WalSegmentName segment = WalSegmentName.containing(history.timelineAt(start.redo()), start.redo(), segmentSize);
        String text = "START WAL LOCATION: " + start.redo() + " (file " + segment.fileName() + ")\n"
                + "CHECKPOINT LOCATION: " + start.checkPoint() + "\n"
                + METHOD
                + "BACKUP FROM: standby\n"
                + "START TIME: " + TIME.format(now) + "\n"
                + LABEL + branch + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The branch that the rewind went to, empty in a label that says nothing of it. */
    public static Optional<BranchIdentity> branch(byte[] label) {
        return new String(label, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(LABEL))
                .findFirst()
                .flatMap(BranchIdentity::parse);
    }

    /** Whether a label was written by a rewind. */
    public static boolean isOfRewind(byte[] label) {
        return new String(label, StandardCharsets.UTF_8).contains(METHOD);
    }
}
