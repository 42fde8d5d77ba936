package org.pgrewind4j.core.internal.cluster;

import java.io.IOException;
import java.io.Serial;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.Examination;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * What one side says of itself.
 *
 * @param controlFile its control file
 * @param history its timelines, up to the one that it is on
 */
public record Cluster(ControlFile controlFile, TimelineHistory history) {

    public static Cluster of(Transport transport, ControlFile controlFile) throws IOException {
        return of(transport, controlFile, List.of());
    }

    /**
     * What a source says of itself. A running standby can be on a later timeline than its control file says yet: the end of
     * replay tells.
     */
    public static Cluster ofSource(Transport source, ControlFile controlFile) throws IOException {
        TimelineId noted = timeline(controlFile);
        TimelineId found =
                source.mode() == SourceMode.STANDBY ? source.replayEnd().timeline() : noted;
        return new Cluster(
                controlFile, readHistory(source, controlFile, found.compareTo(noted) > 0 ? found : noted, List.of()));
    }

    /** Takes a history that the cluster does not have any more from an archive. */
    public static Cluster of(Transport transport, ControlFile controlFile, List<WalSegmentSource> archives)
            throws IOException {
        return new Cluster(controlFile, readHistory(transport, controlFile, timeline(controlFile), archives));
    }

    /**
     * The timeline that a cluster is on: the later one of its checkpoint's and its minimum recovery point's, for a
     * promotion is in the latter at once and in the former only after the next checkpoint.
     */
    public static TimelineId timeline(ControlFile controlFile) {
        TimelineId ofCheckPoint = controlFile.checkPointCopy().timeline();
        TimelineId ofRecovery = controlFile.minRecoveryPointTimeline().orElse(ofCheckPoint);
        return ofRecovery.compareTo(ofCheckPoint) > 0 ? ofRecovery : ofCheckPoint;
    }

    /** A cluster has lost the history of the timeline that it is on. */
    public static final class MissingHistoryException extends PgRewindException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final String file;

        MissingHistoryException(String cluster, DataPath file) {
            super(PgRewindException.withHint(
                    cluster + " has no history file \"" + file + "\" for the timeline that it is on",
                    "restore the file from the WAL archive into that directory."));
            this.file = file.toString();
        }

        /** What is missing, told as a problem of one of the two. */
        public Problem problem(Kind kind, Side side) {
            return new Problem(
                    kind,
                    side,
                    file,
                    PgRewindException.withoutHint(this),
                    PgRewindException.hint(this).orElseThrow());
        }
    }

    public Examination.Side told() {
        return new Examination.Side(controlFile, history);
    }

    private static TimelineHistory readHistory(
            Transport transport, ControlFile controlFile, TimelineId timeline, List<WalSegmentSource> archives)
            throws IOException {
        if (timeline.value() == 1) {
            return TimelineHistory.ofSingle(timeline);
        }
        Optional<TimelineHistory> own = transport.history(controlFile.version(), timeline);
        if (own.isPresent()) {
            return own.get();
        }
        return WalSegmentSource.firstOf(archives)
                .history(timeline)
                .orElseThrow(() -> new MissingHistoryException(
                        transport.description(), historyPath(controlFile.version(), timeline)));
    }

    private static DataPath historyPath(PostgresVersion version, TimelineId timeline) {
        return DataPath.of(version.walDirectory() + "/" + timeline.historyFileName());
    }
}
