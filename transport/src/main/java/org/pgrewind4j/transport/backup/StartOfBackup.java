package org.pgrewind4j.transport.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.timeline.VisibleText;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Where a base backup began, as its {@code backup_label} says (PostgreSQL:
 * {@code src/backend/access/transam/xlogbackup.c}, {@code build_backup_content}); without a label, the last checkpoint of
 * a server that was stopped.
 *
 * @param redo where replay starts
 * @param timeline the timeline of that position
 * @param time when it was begun; for lack of a better one the time of the control file
 * @param label what the backup was called; empty if it was not called anything
 * @param isOnline whether there is a label
 */
record StartOfBackup(Lsn redo, TimelineId timeline, Instant time, Optional<String> label, boolean isOnline) {

    private static final DataPath PATH = DataPath.of("backup_label");
    private static final int LONGEST = 64 * 1024;

    /** The name of the segment says the timeline in all releases. */
    private static final Pattern START =
            Pattern.compile("START WAL LOCATION: ([0-9A-F]{1,8}/[0-9A-F]{1,8}) \\(file ([0-9A-F]{8})[0-9A-F]{16}\\)");

    /** From 17 on. */
    private static final Pattern INCREMENTAL = Pattern.compile("(?m)^INCREMENTAL FROM LSN: (.+)$");

    private static final Pattern LABEL = Pattern.compile("(?m)^LABEL: (.+)$");

    static StartOfBackup read(Transport backup, ControlFile controlFile) throws IOException {
        String text;
        try {
            text = new String(backup.read(PATH, LONGEST), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return ofStopped(backup, controlFile);
        }
        Matcher start = START.matcher(text);
        if (!start.lookingAt()) {
            throw new IOException("\"" + PATH + "\" of " + backup.description()
                    + ": expected \"START WAL LOCATION\" in its first line");
        }
        Matcher base = INCREMENTAL.matcher(text);
        if (base.find()) {
            // A server refuses to start on it, too (src/backend/access/transam/xlogrecovery.c, read_backup_label).
            throw BackupException.withHint(
                    backup.description(),
                    "expected a backup that holds all, found an incremental one of what changed since "
                            + VisibleText.of(base.group(1)),
                    "combine it with those before it (pg_combinebackup), and name the result.");
        }
        Matcher label = LABEL.matcher(text);
        return new StartOfBackup(
                Lsn.parse(start.group(1)),
                new TimelineId(Long.parseLong(start.group(2), 16)),
                controlFile.time(),
                label.find() ? Optional.of(label.group(1)) : Optional.empty(),
                true);
    }

    private static StartOfBackup ofStopped(Transport backup, ControlFile controlFile) throws IOException {
        ClusterState state = controlFile.state();
        if (!state.isCleanlyStopped()) {
            throw new IOException(backup.description() + " has no \"" + PATH
                    + "\", and its server was not stopped cleanly: expected state \""
                    + ClusterState.SHUT_DOWN.description() + "\", found \"" + state.description() + "\"");
        }
        return new StartOfBackup(
                controlFile.checkPointCopy().redo(),
                controlFile.checkPointCopy().timeline(),
                controlFile.time(),
                Optional.empty(),
                false);
    }
}
