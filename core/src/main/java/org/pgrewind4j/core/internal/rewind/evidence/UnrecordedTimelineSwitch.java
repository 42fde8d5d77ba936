package org.pgrewind4j.core.internal.rewind.evidence;

import java.io.IOException;
import java.util.Optional;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.timeline.TimelineSpan;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ClusterState;

/**
 * Whether a standby has learned of a timeline that its control file does not show. It fetches that timeline's history when
 * it begins to follow it (PostgreSQL 18: {@code src/backend/replication/walreceiver.c},
 * {@code WalRcvFetchTimeLineHistoryFiles}), and notes the number only with the first page or checkpoint of it that it
 * writes: after a failover nobody may write for long. Until then it looks as if target and source were on one timeline.
 *
 * <p>A server that starts as a standby follows the newest timeline that it finds the history of, from its control file's on
 * ({@code src/backend/access/transam/timeline.c}, {@code findNewestTimeLine}), whether or not it has WAL of it. A rewind takes
 * away what the source does not have; where there is nothing to rewind, the history stays.
 */
public final class UnrecordedTimelineSwitch {

    private UnrecordedTimelineSwitch() {}

    /**
     * Looks for a timeline that the target would follow when it is started, and that does not lead to the source. A standby
     * looks for it in its archive before its own directory ({@code timeline.c}, {@code existsTimeLineHistory},
     * {@code readTimeLineHistory}), so that what the named archives have counts as much; and where the fork is not behind the
     * target's end, it would go on from the archive with another branch, and nobody would notice.
     */
    public static Optional<Problem> checkTarget(Settings settings, Transport target, Cluster ofTarget, Cluster ofSource)
            throws IOException {
        PostgresVersion version = ofTarget.controlFile().version();
        WalSegmentSource archives = WalSegmentSource.firstOf(settings.archives());
        TimelineId own = ofTarget.history().timeline();
        for (long number = own.value() + 1; ; number++) {
            TimelineId timeline = new TimelineId(number);
            Optional<TimelineHistory> learned = target.history(version, timeline);
            Optional<TimelineHistory> archived =
                    settings.followsNumber() ? Optional.empty() : archives.history(timeline);
            if (learned.isEmpty() && archived.isEmpty()) {
                return Optional.empty();
            }
            Optional<TimelineSpan> ofSources = ofSource.history().span(timeline);
            if (ofSources.isEmpty()) {
                // Which may have learned of it as well.
                ofSources = settings.source().history(version, timeline).map(TimelineHistory::last);
            }
            Optional<Lsn> known = ofSources.map(TimelineSpan::begin);
            Optional<Lsn> begin = learned.map(history -> history.last().begin());
            if (begin.isPresent() && !begin.equals(known)) {
                String file = version.walDirectory() + "/" + timeline.historyFileName();
                return Optional.of(new Problem(
                        Kind.HISTORY_DIFFERS,
                        "the target has begun to follow timeline " + timeline + " from " + begin.get()
                                + " on, which the source does not know: its server would go on with that",
                        "if that timeline is given up, remove \"" + file
                                + "\" from the target, and from an archive that it restores from, and plan again."));
            }
            Optional<Lsn> beginOfArchived =
                    archived.map(history -> history.last().begin());
            if (beginOfArchived.isPresent() && !beginOfArchived.equals(known)) {
                return Optional.of(new Problem(
                        Kind.HISTORY_DIFFERS,
                        "an archive has the history of timeline " + timeline + ", which begins at "
                                + beginOfArchived.get()
                                + ", and which the source does not know: a standby that follows the"
                                + " latest timeline would go on with that",
                        "if that timeline is given up, remove \"" + timeline.historyFileName()
                                + "\" from the archive; else set recovery_target_timeline = '"
                                + ofSource.history().timeline() + "'; then plan again."));
            }
        }
    }

    /**
     * Looks for a timeline on which the source leaves the target's before the target's last record. If the source has replayed
     * more than what both timelines share, its history says already which one it is on.
     */
    public static Optional<Problem> check(Settings settings, Cluster ofTarget, Cluster ofSource) throws IOException {
        ClusterState state = ofSource.controlFile().state();
        if (state != ClusterState.IN_ARCHIVE_RECOVERY && state != ClusterState.SHUT_DOWN_IN_RECOVERY) {
            return Optional.empty();
        }
        TimelineId shared = ofSource.history().timeline();
        Optional<TimelineHistory> learned =
                settings.source().history(ofSource.controlFile().version(), new TimelineId(shared.value() + 1));
        Optional<Lsn> leaves = learned.flatMap(history -> history.span(shared)).map(TimelineSpan::end);
        if (leaves.isEmpty() || settings.source().replayEnd().lsn().isAfter(leaves.get())) {
            return Optional.empty();
        }
        return Optional.of(LastSharedRecord.endOfTarget(settings, ofTarget).lastRecordBegin())
                .filter(last -> !last.isBefore(leaves.get()))
                .map(last -> new Problem(
                        Kind.SOURCE_UNUSABLE,
                        "the source has begun to follow timeline %s, which leaves timeline %s at %s, before the target's last record at %s, but has replayed nothing of it yet"
                                .formatted(learned.get().timeline(), shared, leaves.get(), last),
                        "let the source run and follow its primary until it has replayed what that wrote on"
                                + " timeline "
                                + learned.get().timeline() + ", and plan again."));
    }
}
