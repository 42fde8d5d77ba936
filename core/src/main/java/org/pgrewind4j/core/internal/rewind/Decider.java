package org.pgrewind4j.core.internal.rewind;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.RepeatWal;
import org.pgrewind4j.core.FileAction.RestoreWal;
import org.pgrewind4j.core.NeededWal;
import org.pgrewind4j.core.NeededWal.Origin;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.Warning;
import org.pgrewind4j.core.internal.cluster.ArchivedWal;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.cluster.EndedTimelines;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.cluster.ReplayStart;
import org.pgrewind4j.core.internal.cluster.WalFiles;
import org.pgrewind4j.core.internal.config.StandbyFiles;
import org.pgrewind4j.core.internal.rewind.FileDecisions.Decision;
import org.pgrewind4j.core.internal.rewind.evidence.CopySet;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.rewind.evidence.RewindEvidence;
import org.pgrewind4j.core.internal.rewind.evidence.TargetScan;
import org.pgrewind4j.core.internal.rewind.evidence.UnloggedPages;
import org.pgrewind4j.core.internal.rewind.rehearsal.Rehearsal;
import org.pgrewind4j.core.internal.rewind.rehearsal.ReplayNeeds;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/** Lists both sides and decides on each path: the second step of a rewind. */
final class Decider {

    private final Settings settings;
    private final ControlFile targetControl;
    private final Cluster ofSource;
    private final @Nullable Divergence divergence;
    private final TargetScan scan;
    private final ReplayStart start;
    private final ReplayEnd end;
    private final List<FileAction> actions = new ArrayList<>();
    private final List<FileAction> removals = new ArrayList<>();
    private final List<CopyFile> toCompare = new ArrayList<>();
    private final List<DataPath> equal = new ArrayList<>();

    Decider(
            Settings settings,
            ControlFile targetControl,
            Cluster ofSource,
            @Nullable Divergence divergence,
            TargetScan scan,
            ReplayEnd end) {
        this.settings = settings;
        this.targetControl = targetControl;
        this.ofSource = ofSource;
        this.divergence = divergence;
        this.scan = scan;
        this.start = scan.start();
        this.end = end;
    }

    PlannedRewind decide(LocalDirectoryTransport target, Preconditions preconditions) throws IOException {
        ChangedBlocks changed = scan.changed();
        settings.listener().phaseStarted(Phase.DECIDE);
        RelationGeometry geometry = RelationGeometry.of(targetControl);
        Listing.Both listings = Listing.ofBoth(settings.source(), target, geometry);
        Listing sourceFiles = listings.source();
        Listing targetFiles = listings.target();
        WalFiles walFiles = new WalFiles(
                targetControl.version().walDirectory(),
                targetControl.walSegmentSize(),
                ofSource.history(),
                sharedUntil().position());
        TargetExtensions longerOnTarget = new TargetExtensions(geometry);
        List<Listing.Pair> pairs = Listing.join(sourceFiles, targetFiles);
        for (Listing.Pair pair : pairs) {
            walFiles.note(pair);
            longerOnTarget.note(pair);
        }
        List<FileAction> segments = new ArrayList<>(walFiles.copies(start.redo(), end.lsn()));
        List<NeededWal> wal = findWal(walFiles, segments);
        segments.addAll(
                new EndedTimelines(walFiles, ofSource.history(), sharedUntil().position()).repeated(wal, end.lsn()));
        Set<DataPath> copiedSegments = new HashSet<>();
        segments.forEach(copy -> copiedSegments.add(copy.path()));
        UnloggedPages unlogged = new UnloggedPages(geometry, DataDirectory.of(settings.target()), targetFiles);
        if (!scan.isOfContents()) {
            unlogged.findMetapages(longerOnTarget.relations());
        }
        if (!scan.hintsLogged()) {
            unlogged.findDeadEntries(changed);
        }
        CopySet copySet =
                CopySet.of(scan, settings.blockSelection(), sharedUntil().position(), unlogged.found());
        StandbyFiles standbyFiles = new StandbyFiles(settings.standby(), targetControl.version());
        FileDecisions decisions = new FileDecisions(
                copySet,
                sourceFiles,
                targetFiles,
                longerOnTarget,
                walFiles,
                copiedSegments,
                geometry,
                settings.kept().or(standbyFiles::own).or(KeptLinks.of(pairs)::contains),
                settings.tablespaces());
        pairs.forEach(pair -> take(decisions.decide(pair), preconditions));
        compare();
        actions.addAll(segments);
        actions.addAll(standbyFiles.actions());
        checkWalCoverage(wal, preconditions);
        List<FileAction> all = inOrder();
        List<DataPath> links = links(targetFiles, all);
        new NewTablespaces(settings, sourceFiles, targetFiles).check(all, preconditions);
        PlanNeeds needs = new PlanNeeds(
                wal, new TargetRequirements(settings, targetFiles, Obstacles.now()).check(all, links, preconditions));
        if (settings.salvage().isPresent()) {
            new SalvageRoom(settings.salvage().get(), settings.target(), targetControl, targetFiles)
                    .check(all, preconditions);
        }
        if (preconditions.problems().isEmpty()) {
            RewindEvidence facts = new RewindEvidence(
                    targetControl,
                    ofSource,
                    scan.isOfContents()
                            ? new Divergence(
                                    Divergence.Kind.FORKED, ofSource.history().timelineAt(start.redo()), start.redo())
                            : sharedUntil(),
                    start,
                    end,
                    changed,
                    copySet,
                    walFiles,
                    sourceFiles.bytes(),
                    links,
                    equal);
            Rehearsal.Found found = new Rehearsal(settings, facts, all).askEarly(end.lsn());
            found.problems().forEach(preconditions::add);
            if (preconditions.problems().isEmpty()) {
                List<Warning> warnings = new ArrayList<>(found.result().warnings());
                warnings.addAll(new ReplayNeeds(settings, facts).ofConfiguration(standbyFiles, target));
                return planned(facts, all).needing(needs).warning(warnings);
            }
        }
        return PlannedRewind.of(settings, Verdict.REFUSED, divergence, preconditions.problems())
                .needing(needs);
    }

    /** Up to where the target's WAL is the source's as well: where contents are compared, none of it. */
    private Divergence sharedUntil() {
        return scan.isOfContents()
                ? new Divergence(Divergence.Kind.FORKED, ofSource.history().timeline(), Lsn.INVALID)
                : requireNonNull(divergence);
    }

    private PlannedRewind planned(RewindEvidence facts, List<FileAction> all) {
        return scan.isOfContents()
                ? PlannedRewind.compare(settings, divergence, facts, all)
                : PlannedRewind.rewind(settings, facts, all);
    }

    private void take(Decision decision, Preconditions preconditions) {
        if (decision instanceof Decision.Do todo) {
            boolean removes = todo.action() instanceof RemoveFile || todo.action() instanceof RemoveDirectory;
            (removes ? removals : actions).add(todo.action());
        } else if (decision instanceof Decision.Compare compare) {
            toCompare.add(compare.ifDifferent());
        } else if (decision instanceof Decision.Refuse refuse) {
            preconditions.add(refuse.problem());
        }
    }

    private void compare() throws IOException {
        List<FileRange> ranges = toCompare.stream()
                .map(copy -> new FileRange(copy.path(), 0, copy.size()))
                .toList();
        BitSet different = settings.source().different(ranges, settings.target());
        for (int i = 0; i < toCompare.size(); i++) {
            if (different.get(i)) {
                actions.add(toCompare.get(i));
            } else {
                equal.add(toCompare.get(i).path());
            }
        }
    }

    /** Finds out where replay's WAL is to come from, and adds what an archive has to the segments that are copied. */
    private List<NeededWal> findWal(WalFiles walFiles, List<FileAction> segments) throws IOException {
        ArchivedWal archive = new ArchivedWal(settings.archives());
        List<NeededWal> wal = new ArrayList<>();
        for (WalSegmentName segment : walFiles.needed(start.redo(), end.lsn())) {
            Origin origin = walFiles.origin(segment);
            if (origin == Origin.MISSING) {
                if (archive.has(segment)) {
                    origin = Origin.ARCHIVE;
                    segments.add(new RestoreWal(walFiles.path(segment), segment.segmentSize()));
                } else if (settings.restorable().test(segment)) {
                    origin = Origin.RESTORED_BY_STANDBY;
                }
            }
            wal.add(new NeededWal(segment, origin));
        }
        return wal;
    }

    private void checkWalCoverage(List<NeededWal> wal, Preconditions preconditions) {
        List<String> missing = wal.stream()
                .filter(needed -> needed.origin() == Origin.MISSING)
                .map(needed -> needed.segment().fileName())
                .toList();
        if (!missing.isEmpty()) {
            preconditions.add(
                    Kind.WAL_MISSING_FOR_REPLAY,
                    "replay needs the WAL from %s to %s, and neither side has: %s"
                            .formatted(start.redo(), end.lsn(), String.join(", ", missing)),
                    "bring the segments back into the source's "
                            + targetControl.version().walDirectory()
                            + ", or say that they can be restored if the standby's restore_command finds them.");
        }
    }

    /** What creates goes before what fills it, and what empties goes before what removes. */
    private List<FileAction> inOrder() {
        List<FileAction> all = new ArrayList<>(actions);
        all.sort((a, b) -> a.path().compareTo(b.path()));
        removals.sort((a, b) -> b.path().compareTo(a.path()));
        all.addAll(removals);
        return all;
    }

    /** The links behind which something is to be put; others may go away. */
    private static List<DataPath> links(Listing target, List<FileAction> actions) {
        return target.files().stream()
                .filter(file -> file.type() == SourceFile.Type.SYMLINK)
                .map(SourceFile::path)
                .filter(path -> path.isTablespace() || path.isWalDirectory())
                .filter(link -> actions.stream()
                        .anyMatch(action -> (action.bytes() > 0 || action instanceof RepeatWal)
                                && action.path().startsWith(link)))
                .toList();
    }
}
