package org.pgrewind4j.core.internal.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

/**
 * From where to where WAL must be replayed over the files of a backup to make a cluster of them.
 *
 * <p>The begin is what its {@code backup_label} says: the checkpoint that the backup waited for, not the one in its control
 * file, which was copied later. The end is what its maker noted; else, of a standby, the minimum recovery point in its
 * control file, and of a primary the record that says the backup of this begin has ended ({@code
 * src/backend/access/transam/xlogrecovery.c}, {@code read_backup_label} and {@code xlogrecovery_redo}; before 15 in {@code
 * xlog.c}).
 *
 * @param start the redo point and the checkpoint record that it began with
 * @param timeline the timeline of its begin
 * @param end the position from which on its files are consistent
 * @param endTimeline the timeline of its end
 * @param origin what kind of server was backed up
 */
record BackupSpan(ReplayStart start, TimelineId timeline, Lsn end, TimelineId endTimeline, Origin origin) {

    /** What kind of server was backed up. */
    enum Origin {
        PRIMARY,
        STANDBY
    }

    private static final int LONGEST_LABEL = 64 * 1024;

    private static final Pattern START = Pattern.compile(
            "(?m)^START WAL LOCATION: ([0-9A-F]{1,8}/[0-9A-F]{1,8}) \\(file ([0-9A-F]{8})[0-9A-F]{16}\\)");

    private static final Pattern CHECK_POINT =
            Pattern.compile("(?m)^CHECKPOINT LOCATION: ([0-9A-F]{1,8}/[0-9A-F]{1,8})\\s*$");

    private static final Pattern FROM_STANDBY = Pattern.compile("(?m)^BACKUP FROM: standby\\s*$");

    /** PostgreSQL: {@code src/include/catalog/pg_control.h}, {@code XLOG_BACKUP_END}. */
    private static final int BACKUP_END = 0x50;

    private static final int TYPE = 0xF0;

    static BackupSpan read(Backup backup, ControlFile stored, WalSegmentSource wal) throws IOException {
        String label = label(backup);
        Matcher start = require(START, label, "START WAL LOCATION", backup);
        Matcher checkPoint = require(CHECK_POINT, label, "CHECKPOINT LOCATION", backup);
        ReplayStart replayStart = new ReplayStart(Lsn.parse(start.group(1)), Lsn.parse(checkPoint.group(1)));
        TimelineId timeline = new TimelineId(Long.parseLong(start.group(2), 16));
        Origin origin = FROM_STANDBY.matcher(label).find() ? Origin.STANDBY : Origin.PRIMARY;
        BackupFacts facts = backup.facts();
        if (facts.stop().isAfter(replayStart.redo())) {
            return new BackupSpan(replayStart, timeline, facts.stop(), facts.stopTimeline(), origin);
        }
        if (origin == Origin.STANDBY) {
            TimelineId reached = stored.minRecoveryPointTimeline().orElse(timeline);
            return new BackupSpan(replayStart, timeline, stored.minRecoveryPoint(), reached, origin);
        }
        Lsn end = endRecord(backup, stored, wal, replayStart.redo(), timeline);
        return new BackupSpan(replayStart, timeline, end, timeline, origin);
    }

    private static String label(Backup backup) throws IOException {
        try {
            return new String(backup.read(BackupLabel.PATH, LONGEST_LABEL), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw unusable(
                    backup.description() + " has no \"" + BackupLabel.PATH + "\", though its server worked on",
                    "use a backup that has one.");
        }
    }

    private static Matcher require(Pattern pattern, String label, String what, Backup backup) {
        Matcher matcher = pattern.matcher(label);
        if (!matcher.find()) {
            throw unusable(
                    backup.description() + ": expected \"" + what + "\" in \"" + BackupLabel.PATH + "\", found none",
                    "use a backup whose label is whole.");
        }
        return matcher;
    }

    /** One primary writes the timeline from the begin to the end of its backup. */
    private static Lsn endRecord(Backup backup, ControlFile stored, WalSegmentSource wal, Lsn redo, TimelineId timeline)
            throws IOException {
        TimelineHistory history = TimelineHistory.ofSingle(timeline);
        try (WalReader reader = WalReader.open(wal, stored.version(), stored.walSegmentSize(), history, redo)) {
            for (Optional<WalRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
                if (isEndOf(next.get(), redo)) {
                    return next.get().end();
                }
            }
            throw new ProblemException(new Problem(
                    Kind.WAL_MISSING_FOR_REPLAY,
                    backup.description() + " does not say where it ends, and its WAL from " + redo
                            + " on, which would, ends at " + reader.end().position(),
                    "name the archive that has the backup's WAL."));
        }
    }

    private static boolean isEndOf(WalRecord record, Lsn redo) {
        if (!record.resourceManager().equals(ResourceManager.XLOG) || (record.info() & TYPE) != BACKUP_END) {
            return false;
        }
        ByteBuffer start = record.mainData().order(ByteOrder.LITTLE_ENDIAN);
        return start.remaining() >= Long.BYTES && start.getLong() == redo.value();
    }

    static ProblemException unusable(String message, String cure) {
        return new ProblemException(new Problem(Kind.SOURCE_UNUSABLE, message, cure));
    }

    /** Its history file in a data directory. */
    static DataPath historyPath(ControlFile stored, TimelineId timeline) {
        return DataPath.of(stored.version().walDirectory() + "/" + timeline.historyFileName());
    }
}
