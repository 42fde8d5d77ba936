package org.pgrewind4j.core.internal.rewind.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pgrewind4j.core.Warning;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.config.StandbyFiles;
import org.pgrewind4j.core.internal.rewind.evidence.RewindEvidence;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ServerSettings;
import org.pgrewind4j.wal.record.ParameterChange;
import org.pgrewind4j.wal.record.ResourceManager;

/**
 * What replay needs of the server that the target will be: room for what the source's transactions held, and the
 * libraries whose records it is to replay. Without these it ends ({@code src/backend/access/transam/xlogrecovery.c},
 * {@code CheckRequiredParameterValues}; {@code src/include/access/xlog_internal.h}, {@code GetRmgr}), and continues
 * when they are there: so these are warnings.
 *
 * <p>A configuration in the data directory comes from the source, and says what the source's control file says. One
 * that lies elsewhere is the target's; what its control file says is taken for that. A server that was started with
 * greater values in between, and is back at lower ones, has both in its WAL.
 */
public final class ReplayNeeds {

    private static final DataPath CONF = DataPath.of("postgresql.conf");

    private final Settings settings;
    private final RewindEvidence facts;

    public ReplayNeeds(Settings settings, RewindEvidence facts) {
        this.settings = settings;
        this.facts = facts;
    }

    List<Warning> of(ReplayedWal replayed) {
        List<Warning> warnings = new ArrayList<>();
        parameters(replayed).ifPresent(warnings::add);
        resourceManagers(replayed.customManagers()).ifPresent(warnings::add);
        return warnings;
    }

    private Optional<Warning> parameters(ReplayedWal replayed) {
        Map<String, Integer> needed = numbers(facts.source().controlFile().settings());
        for (ParameterChange change : replayed.parameters()) {
            numbers(change.settings()).forEach((name, value) -> needed.merge(name, value, Math::max));
        }
        Map<String, Integer> configured = numbers(expected());
        needed.entrySet().removeIf(one -> one.getValue() <= configured.getOrDefault(one.getKey(), 0));
        if (needed.isEmpty()) {
            return Optional.empty();
        }
        String all = needed.entrySet().stream()
                .map(one -> one.getKey() + " = " + one.getValue() + " (now " + configured.getOrDefault(one.getKey(), 0)
                        + ")")
                .collect(Collectors.joining(", "));
        return Optional.of(new Warning(
                Warning.Kind.PARAMETER_TOO_LOW,
                "replay goes through a time when the source was configured for more than the target: it needs at least "
                        + all,
                "set that before the server is started; it can be lowered when it has caught up."));
    }

    private ServerSettings expected() {
        boolean comesFromSource = !settings.kept().test(CONF) && Files.exists(CONF.in(settings.target()));
        return comesFromSource
                ? facts.source().controlFile().settings()
                : facts.targetControl().settings();
    }

    private static Map<String, Integer> numbers(ServerSettings settings) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        numbers.put("max_connections", settings.maxConnections());
        numbers.put("max_worker_processes", settings.maxWorkerProcesses());
        Integer walSenders = settings.maxWalSenders();
        if (walSenders != null) {
            numbers.put("max_wal_senders", walSenders);
        }
        numbers.put("max_prepared_transactions", settings.maxPreparedTransactions());
        numbers.put("max_locks_per_transaction", settings.maxLocksPerTransaction());
        return numbers;
    }

    /** Those that the target's own WAL has were there when it was written, or replayed. */
    private Optional<Warning> resourceManagers(Map<ResourceManager, Lsn> used) {
        List<String> unknown = used.entrySet().stream()
                .filter(one -> !facts.changed().customManagers().containsKey(one.getKey()))
                .map(one -> one.getKey().id() + " (first at " + one.getValue() + ")")
                .toList();
        return unknown.isEmpty()
                ? Optional.empty()
                : Optional.of(new Warning(
                        Warning.Kind.RESOURCE_MANAGER_NEEDED,
                        "the source's WAL has records of extensions' resource managers that the target has not met: "
                                + String.join(", ", unknown),
                        "install the extension that the source loads for each, and have shared_preload_libraries name"
                                + " it, before the server is started."));
    }

    /** What a standby would stop at, or follow, because of what is set or archived rather than of what it replays. */
    public List<Warning> ofConfiguration(StandbyFiles standby, Transport target) throws IOException {
        List<Warning> warnings = new ArrayList<>();
        Map<String, String> left = standby.recoverySettingsLeft(settings.source(), settings.kept(), target);
        if (!left.isEmpty()) {
            warnings.add(new Warning(
                    Warning.Kind.RECOVERY_TARGET_SET,
                    "the configuration that the target will have sets "
                            + left.entrySet().stream()
                                    .map(one -> one.getKey() + " = '" + one.getValue() + "'")
                                    .collect(Collectors.joining(", "))
                            + ": a standby stops there",
                    "take that out before the server is started as a standby."));
        }
        abandonedTimeline().ifPresent(warnings::add);
        return warnings;
    }

    /**
     * A standby on the latest timeline probes for greater numbers in pg_wal and the archive
     * ({@code src/backend/access/transam/timeline.c}, {@code findNewestTimeLine}), and ends if what it finds does not hold
     * the end of the rewind. The rewind takes the file out of pg_wal; the archive is not its own. No number is written
     * into the configuration instead, for a standby on a numbered timeline does not follow the next promotion.
     *
     * <p>What the archive has need not be the target's own: another server may have been promoted, and archived that. The
     * probe goes on as long as each next number is there, so that the greatest of these decides.
     */
    private Optional<Warning> abandonedTimeline() throws IOException {
        TimelineId abandoned = Cluster.timeline(facts.targetControl());
        TimelineId followed = facts.source().history().timeline();
        if (settings.followsNumber()) {
            return Optional.empty();
        }
        Optional<TimelineHistory> newest = newestArchived(followed);
        if (newest.isPresent() && !leadsOnFrom(newest.get(), followed)) {
            TimelineId found = newest.get().timeline();
            return Optional.of(
                    found.equals(abandoned)
                            ? archived(abandoned, "which the target leaves for " + followed, followed)
                            : archived(
                                    found,
                                    "which leaves timeline " + followed + " before "
                                            + facts.end().lsn(),
                                    followed));
        }
        return abandoned.compareTo(followed) > 0 && isMarkedArchived(abandoned)
                ? Optional.of(archived(abandoned, "which the target leaves for " + followed, followed))
                : Optional.empty();
    }

    private static Warning archived(TimelineId timeline, String what, TimelineId followed) {
        return new Warning(
                Warning.Kind.ABANDONED_TIMELINE_ARCHIVED,
                "the archive has the history of timeline " + timeline + ", " + what
                        + ": a standby that follows the latest timeline finds it there, and stops",
                "remove \"" + timeline.historyFileName() + "\" from the archive before the server is started, or set"
                        + " recovery_target_timeline = '" + followed + "' until the source is on a later one.");
    }

    private Optional<TimelineHistory> newestArchived(TimelineId followed) throws IOException {
        WalSegmentSource archives = WalSegmentSource.firstOf(settings.archives());
        Optional<TimelineHistory> newest = Optional.empty();
        for (long number = followed.value() + 1; ; number++) {
            Optional<TimelineHistory> next = archives.history(new TimelineId(number));
            if (next.isEmpty()) {
                return newest;
            }
            newest = next;
        }
    }

    /** Whether a timeline begins on the followed one, where replay has arrived or later. */
    private boolean leadsOnFrom(TimelineHistory history, TimelineId followed) {
        return history.span(followed)
                .filter(span -> !span.end().isBefore(facts.end().lsn()))
                .isPresent();
    }

    /** The target's archiver says so. */
    private boolean isMarkedArchived(TimelineId timeline) {
        Path status = settings.target()
                .resolve(facts.targetControl().version().walDirectory())
                .resolve("archive_status");
        return Files.exists(status.resolve(timeline.historyFileName() + ".done"));
    }
}
