package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.SetAttributes;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.RestoredBackup;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.cluster.ArchivedWal;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.cluster.ReplayStart;
import org.pgrewind4j.core.internal.cluster.WalFiles;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.core.internal.restore.ContentComparison.Content;
import org.pgrewind4j.core.internal.restore.ContentComparison.Pair;
import org.pgrewind4j.core.internal.restore.evidence.Finding;
import org.pgrewind4j.core.internal.restore.evidence.Sides;
import org.pgrewind4j.core.internal.restore.evidence.WalEvidence;
import org.pgrewind4j.core.internal.stage.Order;
import org.pgrewind4j.core.restore.Evidence;
import org.pgrewind4j.core.restore.RestorePlan;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.wal.control.ControlFile;

/** Compares a target with a backup, and plans the restore. */
public final class RestorePlanner {

    private final RestoreSettings settings;
    private final Backup backup;
    private final StagingArea area;

    public RestorePlanner(RestoreSettings settings) {
        this.settings = settings;
        this.backup = settings.backup();
        this.area = new StagingArea(settings.target(), List.of());
    }

    public RestorePlan plan() throws IOException {
        settings.listener().phaseStarted(Phase.COLLECT);
        ReplayEnd end = backup.replayEnd();
        ControlFile stored = end.controlFile();
        RecoveryFiles recovery = new RecoveryFiles(settings.goal(), stored.version());
        RestorePreconditions preconditions = new RestorePreconditions(settings, end, area);
        if (preconditions.isSealed()) {
            List<Problem> problems = preconditions.ofResumption();
            return problems.isEmpty() ? PlannedRestore.resume(settings) : PlannedRestore.refused(settings, problems);
        }
        List<Problem> problems = new ArrayList<>(preconditions.ofClusters());
        problems.addAll(recovery.problems());
        problems.addAll(new RecoveryReach(settings.goal(), backup, stored).problems());
        BackupTree expected = BackupTree.of(backup, settings.tablespaces(), RelationGeometry.of(stored));
        problems.addAll(preconditions.ofContents(expected));
        TargetTree present = TargetTree.of(settings.target(), expected.entries());
        problems.addAll(new RestoredTablespaces(settings, stored.version()).problems(present));
        if (!problems.isEmpty()) {
            return PlannedRestore.refused(settings, problems);
        }
        return plan(end, expected, present, recovery);
    }

    private RestorePlan plan(ReplayEnd end, BackupTree expected, TargetTree present, RecoveryFiles recovery)
            throws IOException {
        List<Pair> pairs = pairs(expected, present, recovery);
        KnownParts known = knownParts(end, expected, present, pairs);
        pairs.removeIf(pair -> known.isOf(pair.present().path()));
        ProgressCounter progress = new ProgressCounter(
                settings.listener(),
                Phase.SCAN,
                pairs.stream().mapToLong(pair -> pair.present().size()).sum(),
                pairs.size());
        Map<DataPath, Content> contents =
                new ContentComparison(DataDirectory.of(settings.target()), progress).compare(pairs, settings.threads());
        progress.tell();
        settings.listener().phaseStarted(Phase.DECIDE);
        RelationGeometry geometry = RelationGeometry.of(end.controlFile());
        RestoreDecisions decisions = new RestoreDecisions(
                settings.target(), geometry, recovery, backup.facts().dataDirectory());
        List<FileAction> actions = decisions.decide(expected, present, contents, known);
        return PlannedRestore.restore(
                settings,
                order(end, expected, present, recovery, actions, equal(contents)),
                kept(pairs, contents, known),
                known.used(pairs));
    }

    private KnownParts knownParts(ReplayEnd end, BackupTree expected, TargetTree present, List<Pair> pairs)
            throws IOException {
        if (settings.evidence() == Evidence.CONTENT || pairs.isEmpty()) {
            return KnownParts.none();
        }
        settings.listener().phaseStarted(Phase.SCAN);
        Finding found = WalEvidence.of(new Sides(
                settings.target(),
                present.entries(),
                backup,
                end.controlFile(),
                expected.entries().values().stream().map(BackupEntry::file).toList(),
                settings.archives(),
                settings.threads(),
                settings.listener()));
        return KnownParts.of(found, pairs);
    }

    private static List<DataPath> equal(Map<DataPath, Content> contents) {
        return contents.entrySet().stream()
                .filter(compared -> compared.getValue() == Content.SAME)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<Pair> pairs(BackupTree expected, TargetTree present, RecoveryFiles recovery) {
        List<Pair> pairs = new ArrayList<>();
        for (BackupEntry entry : expected.entries().values()) {
            SourceFile file = present.entries().get(entry.file().path());
            if (entry.file().type() == SourceFile.Type.FILE
                    && file != null
                    && file.type() == SourceFile.Type.FILE
                    && !recovery.keeps(file.path())) {
                pairs.add(new Pair(entry, file));
            }
        }
        return pairs;
    }

    private static RestorePlan.Kept kept(List<Pair> pairs, Map<DataPath, Content> contents, KnownParts known) {
        long files = known.kept().files();
        long bytes = known.kept().bytes();
        for (Pair pair : pairs) {
            if (contents.get(pair.present().path()) == Content.SAME) {
                files++;
                bytes += pair.present().size();
            }
        }
        return new RestorePlan.Kept(files, bytes);
    }

    private Order order(
            ReplayEnd end,
            BackupTree expected,
            TargetTree present,
            RecoveryFiles recovery,
            List<FileAction> actions,
            List<DataPath> equal)
            throws IOException {
        BackupFacts facts = backup.facts();
        ControlFile stored = end.controlFile();
        TimelineHistory history = TimelineHistory.ofSingle(facts.timeline());
        Path controlFile = area.plannedControlFile();
        SetAttributes ofControlFile = expected.controlFile().orElseThrow();
        return new Order(
                settings.target(),
                stored,
                backup,
                new Order.Replay(history, null, new ReplayStart(facts.start(), facts.start()), end),
                actions,
                new WalFiles(stored.version().walDirectory(), stored.walSegmentSize(), history, Lsn.INVALID),
                new ArchivedWal(List.of()),
                segment -> false,
                action -> recovery.content(action, backup),
                present.links(),
                List.of(),
                new Order.Manner(
                        CopyMode.STAGED,
                        settings.durability(),
                        settings.afterSeal(),
                        settings.cancellation(),
                        settings.verify(),
                        segment -> false,
                        settings.threads(),
                        settings.listener()),
                equal,
                new Order.Restore(
                        new RestoredBackup(facts.label(), dataDirectory(facts), settings.request()),
                        Files.isDirectory(settings.target())
                                ? Manifest.fingerprint(controlFile)
                                : Manifest.NO_CONTROL_FILE,
                        ofControlFile),
                null);
    }

    private static BackupEntry.Attributes dataDirectory(BackupFacts facts) {
        return BackupTree.attributes(new BackupEntry(
                        SourceFile.directory(DataPath.TABLESPACES),
                        facts.dataDirectory(),
                        Optional.empty(),
                        Optional.empty()))
                .attributes();
    }
}
