package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.util.Optional;
import org.pgrewind4j.core.StandbySettings;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * The timeline along which a server will replay a backup (PostgreSQL: {@code src/backend/access/transam/xlogrecovery.c},
 * before 15 {@code xlog.c}, {@code validateRecoveryParameters}).
 *
 * <p>Where that is the latest one, it counts from the timeline of the backup's control file on, and takes the last before the
 * first that has no history file ({@code timeline.c}, {@code findNewestTimeLine}). It looks for them in its archive, which is
 * taken to be the backup's. A standby without a {@code restore_command} asks its primary alone, and not before it has come to
 * the end of its own timeline: nothing is known of that here.
 *
 * @param timeline the timeline
 * @param isLatest whether it was looked for
 */
record FollowedTimeline(TimelineId timeline, boolean isLatest) {

    private static final String LATEST = "latest";
    private static final String CURRENT = "current";

    /** Finds it; empty if it is the backup's own, or is not known. */
    static Optional<FollowedTimeline> of(RecoveryGoal goal, Backup backup, ControlFile stored) throws IOException {
        if (!goal.kind().isWritten()) {
            return Optional.empty();
        }
        String wanted = goal.timeline()
                .or(() -> Optional.ofNullable(goal.options().get(StandbySettings.RECOVERY_TARGET_TIMELINE)))
                .orElseGet(() -> usual(goal, stored));
        if (wanted.equals(LATEST)) {
            return isWithoutArchive(goal)
                    ? Optional.empty()
                    : Optional.of(new FollowedTimeline(newest(backup, own(stored)), true));
        }
        return number(wanted).map(timeline -> new FollowedTimeline(timeline, false));
    }

    private static String usual(RecoveryGoal goal, ControlFile stored) {
        boolean isCurrent =
                goal.kind() == RecoveryGoal.Kind.IMMEDIATE || stored.version().hasRecoveryConf();
        return isCurrent ? CURRENT : LATEST;
    }

    private static boolean isWithoutArchive(RecoveryGoal goal) {
        return goal.kind() == RecoveryGoal.Kind.STANDBY && !goal.options().containsKey(StandbySettings.RESTORE_COMMAND);
    }

    /** Where the server begins to count ({@code xlogrecovery.c}, {@code InitWalRecovery}). */
    private static TimelineId own(ControlFile stored) {
        TimelineId ofCheckpoint = stored.checkPointCopy().timeline();
        return stored.minRecoveryPointTimeline()
                .filter(timeline -> timeline.compareTo(ofCheckpoint) > 0)
                .orElse(ofCheckpoint);
    }

    private static TimelineId newest(Backup backup, TimelineId from) throws IOException {
        TimelineId newest = from;
        Optional<TimelineId> next = after(newest);
        while (next.isPresent()
                && backup.history(backup.facts().version(), next.get()).isPresent()) {
            newest = next.get();
            next = after(newest);
        }
        return newest;
    }

    private static Optional<TimelineId> after(TimelineId timeline) {
        long next = timeline.value() + 1;
        return next > 0xFFFF_FFFFL ? Optional.empty() : Optional.of(new TimelineId(next));
    }

    /** As the server reads it; a word that it does not know is its own business. */
    private static Optional<TimelineId> number(String text) {
        try {
            long value = text.startsWith("0x") || text.startsWith("0X")
                    ? Long.parseLong(text.substring(2), 16)
                    : Long.parseLong(text);
            return Optional.of(new TimelineId(value));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Prints the number, and where it comes from. */
    @Override
    public String toString() {
        return isLatest ? "the latest timeline, " + timeline + "," : "timeline " + timeline;
    }
}
