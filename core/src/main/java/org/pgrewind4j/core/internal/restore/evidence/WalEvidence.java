package org.pgrewind4j.core.internal.restore.evidence;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.core.AfterSeal;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.Cancellation;
import org.pgrewind4j.core.Compare;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.TablespacePolicy;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.internal.area.SealedRewind;
import org.pgrewind4j.core.internal.cluster.BackupLabel;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.cluster.Cluster.MissingHistoryException;
import org.pgrewind4j.core.internal.cluster.CommonWal;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.rewind.evidence.EndOfTarget;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.rewind.evidence.TargetScan;
import org.pgrewind4j.core.internal.rewind.evidence.TargetWalChain;
import org.pgrewind4j.core.internal.rewind.evidence.UnloggedPages;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.core.internal.rewind.settings.TablespaceMapping;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.DivergenceFinder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalLevel;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.UnknownRelationChangeException;
import org.pgrewind4j.wal.scan.BlockSet;
import org.pgrewind4j.wal.scan.ChangedBlockCollector;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/**
 * Finds out by WAL alone which blocks of a target can differ from a backup's once both are replayed from the backup's start
 * on.
 *
 * <p>B0 is the backup's start, E the end of the target's WAL, and X the end of what the two share up to B0: the divergence D,
 * or B0 or E if that comes first. R is where a rewind that diverged at X would start replay. A block comes from the backup if a
 * record of the target in [R, E] names it, or one of the backup's history in [X, B0). Every other main-fork block of the
 * target is what it was on the backup's side at B0, but for hints that are true on both:
 *
 * <ul>
 *   <li>The target made what is before R durable, and changed the block no more. The other side has had [R, X) too, which is
 *       the target's own WAL, and [X, B0), and neither names it. What it changed from B0 on is replayed, and the first such
 *       record brings an image, which a backup forces ({@code src/backend/access/transam/xlog.c}, {@code do_pg_backup_start}).
 *   <li>What was changed or noted without a record is what {@code HintBitHorizon}, {@code UnloggedPages} and
 *       {@code Preconditions} say of a rewind, which finds the same pages. A rewind leaves those that an image in [R, X)
 *       rebuilds; here replay begins behind it, so each named block counts.
 *   <li>A truncation in [R, X) counts as well: a server that crashed may have logged and not made it
 *       ({@code src/backend/catalog/storage.c}, {@code RelationTruncate}), and no replay comes by there.
 *   <li>WAL between a redo point and its checkpoint, which a rewind leaves to replay, must be read.
 * </ul>
 */
public final class WalEvidence {

    private static final String CURE = "nothing needs to be done: contents are compared instead.";

    private final Sides sides;
    private final ControlFile target;
    private final RelationGeometry geometry;
    private final Settings settings;
    private final BackupFacts facts;

    private WalEvidence(Sides sides, ControlFile target) {
        this.sides = sides;
        this.target = target;
        this.geometry = RelationGeometry.of(target);
        this.facts = sides.backup().facts();
        this.settings = new Settings(
                sides.target(),
                sides.backup(),
                BlockSelection.SINCE_CHECKPOINT,
                CopyMode.STAGED,
                Compare.NEVER,
                ImmutableList.copyOf(sides.allArchives()),
                segment -> false,
                path -> false,
                new TablespaceMapping(Map.of(), TablespacePolicy.none()),
                Optional.empty(),
                Durability.SYNC,
                sides.threads(),
                sides.listener(),
                Cancellation.create(),
                AfterSeal.FINISH,
                Verify.NOTHING,
                Optional.empty());
    }

    /** Finds it out, as far as that can be done without reading files of relations. */
    public static Finding of(Sides sides) throws IOException {
        try {
            List<Problem> problems = ofState(sides);
            return problems.isEmpty()
                    ? new WalEvidence(sides, controlFile(sides)).find()
                    : new Finding.Unknown(problems);
        } catch (MissingWalException e) {
            return unknown(Kind.WAL_MISSING_FOR_SCAN, e);
        } catch (WalEndsTooEarlyException e) {
            return unknown(Kind.WAL_ENDS_EARLY, e);
        } catch (MissingHistoryException e) {
            return unknown(Kind.HISTORY_UNKNOWN, e);
        } catch (UnknownRelationChangeException e) {
            return unknown(Kind.EVIDENCE_INCOMPLETE, e);
        }
    }

    private static Finding unknown(Kind kind, PgRewindException e) {
        return new Finding.Unknown(List.of(new Problem(kind, PgRewindException.withoutHint(e), CURE)));
    }

    private static Finding unknown(Kind kind, String message) {
        return new Finding.Unknown(List.of(new Problem(kind, message, CURE)));
    }

    /** Why the target's files are of no one state. */
    private static List<Problem> ofState(Sides sides) throws IOException {
        List<Problem> problems = new ArrayList<>();
        if (!Files.isRegularFile(DataPath.CONTROL_FILE.in(sides.target()), LinkOption.NOFOLLOW_LINKS)
                || SealedRewind.isIn(sides.target())) {
            problems.add(new Problem(
                    Kind.TARGET_NOT_CONSISTENT,
                    "the target has no control file in its place, or was changed by half: no WAL tells what it holds",
                    CURE));
        } else if (Files.exists(BackupLabel.PATH.in(sides.target()), LinkOption.NOFOLLOW_LINKS)) {
            problems.add(new Problem(
                    Kind.BACKUP_LABEL_PRESENT,
                    "the target holds a backup_label: its files are a backup's, or a rewind's, that no server replayed",
                    CURE));
        }
        if (!sides.backup().facts().isOnline()) {
            problems.add(new Problem(
                    Kind.EVIDENCE_INCOMPLETE,
                    "the backup was made of a stopped server: nothing is replayed that would mend what hints say",
                    CURE));
        }
        if (sides.stored().version() == PostgresVersion.V9_6) {
            problems.add(new Problem(
                    Kind.EVIDENCE_INCOMPLETE,
                    "PostgreSQL 9.6 changes hash indexes without WAL, so its WAL does not name all changed pages",
                    CURE));
        }
        return problems;
    }

    private static ControlFile controlFile(Sides sides) throws IOException {
        return ControlFile.parse(Files.readAllBytes(DataPath.CONTROL_FILE.in(sides.target())));
    }

    private Finding find() throws IOException {
        Preconditions preconditions = new Preconditions();
        preconditions.checkPair(target, sides.stored());
        preconditions.checkTarget(target);
        preconditions.checkWalOf(sides.stored());
        if (!preconditions.problems().isEmpty()) {
            return new Finding.Unknown(preconditions.problems());
        }
        Optional<TimelineHistory> history = history();
        if (history.isEmpty()) {
            return unknown(
                    Kind.HISTORY_UNKNOWN,
                    "nobody has the history file of the backup's timeline " + facts.timeline()
                            + ", so it is not known where that left the target's");
        }
        try (LocalDirectoryTransport directory = LocalDirectoryTransport.openToLookAt(sides.target())) {
            return find(directory, new Cluster(sides.stored(), history.get()));
        }
    }

    /** Not from the target: that may have one of another branch, of the same number. */
    private Optional<TimelineHistory> history() throws IOException {
        TimelineId timeline = facts.timeline();
        if (timeline.value() == 1) {
            return Optional.of(TimelineHistory.ofSingle(timeline));
        }
        Optional<TimelineHistory> own = sides.backup().history(target.version(), timeline);
        return own.isPresent()
                ? own
                : WalSegmentSource.firstOf(sides.archives()).history(timeline);
    }

    private Finding find(LocalDirectoryTransport directory, Cluster ofBackup) throws IOException {
        Cluster ofTarget = Cluster.of(directory, target, settings.archives());
        Optional<Divergence> parting = DivergenceFinder.find(ofTarget.history(), ofBackup.history());
        if (parting.isEmpty()) {
            return unknown(
                    Kind.NO_COMMON_HISTORY,
                    "the histories share no timeline: the target's is %s, the backup's %s"
                            .formatted(ofTarget.history(), ofBackup.history()));
        }
        Lsn shared = sharedUntil(ofTarget, parting.get());
        Optional<Problem> difference = difference(ofTarget, ofBackup, parting.get(), shared);
        if (difference.isPresent()) {
            return new Finding.Unknown(List.of(difference.get()));
        }
        TargetScan scan = TargetScan.of(settings, ofTarget, ofBackup, shared);
        if (!scan.complete()) {
            return unknown(
                    Kind.WAL_MISSING_FOR_SCAN,
                    "WAL of the target from " + scan.start().redo() + " to the checkpoint at "
                            + scan.start().checkPoint() + " is not there");
        }
        Preconditions ofStarts = new Preconditions();
        ofStarts.checkStarts(target, scan.changed(), shared);
        if (!ofStarts.problems().isEmpty()) {
            return new Finding.Unknown(ofStarts.problems());
        }
        List<ChangedBlocks> scans = new ArrayList<>(List.of(scan.changed()));
        if (scan.start().redo().isBefore(shared)) {
            // Once more, with every record on the far side, so that truncations of that time count.
            scans.add(collect(
                    TargetWalChain.of(settings, target, shared),
                    ofTarget.history(),
                    scan.start().redo(),
                    shared));
        }
        if (shared.isBefore(facts.start())) {
            ChangedBlocks since =
                    collect(WalSegmentSource.firstOf(sides.allArchives()), ofBackup.history(), shared, facts.start());
            Optional<Lsn> minimal = minimal(since);
            if (minimal.isPresent()) {
                return unknown(
                        Kind.SOURCE_WAL_LEVEL_MINIMAL,
                        "the backup's server was started with wal_level = minimal at " + minimal.get()
                                + ", so its WAL does not hold all that it changed");
            }
            scans.add(since);
        }
        Relations relations = Relations.of(geometry, sides.expected(), sides.present());
        return new Finding.Known(
                DifferingBlocks.of(geometry, scans, unlogged(directory, scan, relations), relations.unlogged()));
    }

    /** The target's WAL is read from its last checkpoint on if only that tells whether it ends before the other's branch. */
    private Lsn sharedUntil(Cluster ofTarget, Divergence parting) throws IOException {
        Lsn shared = Lsn.min(parting.position(), facts.start());
        Lsn known = Lsn.max(target.checkPoint(), target.minRecoveryPoint());
        return known.isAfter(shared)
                ? shared
                : Lsn.min(
                        shared, new EndOfTarget(settings, ofTarget).read(shared).position());
    }

    /**
     * Why it is not sure that both have the same WAL up to a position. The WAL of the target's own directory must show it: an
     * archive may have the other's. Only before a fork of the first timeline, which nobody can have begun a second time, is
     * the history file enough.
     */
    private Optional<Problem> difference(Cluster ofTarget, Cluster ofBackup, Divergence parting, Lsn shared)
            throws IOException {
        CommonWal.Result result = new CommonWal(
                        target,
                        new CommonWal.Side(ownWal(), ofTarget.history()),
                        new CommonWal.Side(WalSegmentSource.firstOf(sides.allArchives()), ofBackup.history()))
                .compare(shared);
        if (result instanceof CommonWal.Different different) {
            return Optional.of(new Problem(
                    Kind.HISTORY_DIFFERS,
                    "the histories look alike, but the record at %s is not the same in the target and in the backup's archive"
                            .formatted(different.ofTarget().begin()),
                    CURE));
        }
        boolean isFork = parting.kind() != Divergence.Kind.SAME_TIMELINE && shared.equals(parting.position());
        boolean isFirst =
                !CommonWal.spanBefore(ofTarget.history(), shared).begin().isValid();
        boolean isProven =
                result instanceof CommonWal.Same same && !same.until().isBefore(shared);
        return isProven || (isFork && isFirst)
                ? Optional.empty()
                : Optional.of(new Problem(
                        Kind.HISTORY_UNKNOWN,
                        "it cannot be told whether target and backup have the same history up to %s: they have no WAL in common that shows it"
                                .formatted(shared),
                        CURE));
    }

    private WalSegmentSource ownWal() throws IOException {
        return new DirectoryWalSource(DataDirectory.of(sides.target())
                .resolve(DataPath.of(target.version().walDirectory())));
    }

    private ChangedBlocks collect(WalSegmentSource wal, TimelineHistory history, Lsn from, Lsn until)
            throws IOException {
        return ChangedBlockCollector.of(wal, target.version(), target.walSegmentSize(), history)
                .redo(from)
                .reaching(until)
                .end(until)
                .threads(settings.threads())
                .collect();
    }

    private static Optional<Lsn> minimal(ChangedBlocks since) {
        return since.parameterChanges().stream()
                .filter(change -> change.walLevel() == WalLevel.MINIMAL)
                .map(change -> change.lsn())
                .findFirst();
    }

    private BlockSet unlogged(LocalDirectoryTransport directory, TargetScan scan, Relations relations)
            throws IOException {
        if (scan.hintsLogged() && relations.longer().isEmpty()) {
            return BlockSet.of();
        }
        UnloggedPages pages = new UnloggedPages(
                geometry, DataDirectory.of(sides.target()), Listing.of(directory, Set.of(), geometry));
        pages.findMetapages(relations.longer());
        if (!scan.hintsLogged()) {
            pages.findDeadEntries(scan.changed());
        }
        return pages.found();
    }
}
