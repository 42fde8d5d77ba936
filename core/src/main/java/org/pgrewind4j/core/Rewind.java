package org.pgrewind4j.core;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.pgrewind4j.core.archive.RestoredWal;
import org.pgrewind4j.core.internal.apply.Resumption;
import org.pgrewind4j.core.internal.apply.Verifier;
import org.pgrewind4j.core.internal.area.PlanningFailure;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.area.StatusFile;
import org.pgrewind4j.core.internal.cluster.BackupSource;
import org.pgrewind4j.core.internal.events.PhaseEvents;
import org.pgrewind4j.core.internal.rewind.Planner;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.core.internal.rewind.settings.TablespaceMapping;
import org.pgrewind4j.core.report.DivergenceReport;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.local.DataDirectoryException;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * Brings a diverged data directory, the target, back in line with the cluster that it must follow, the source.
 *
 * <pre>{@code
 * try (Transport source = LocalDirectoryTransport.open(newPrimary)) {
 *     RewindPlan plan = Rewind.of(oldPrimary).from(source).plan();
 *     if (plan.verdict() == Verdict.REWIND) {
 *         RewindReport report = plan.execute();
 *     }
 * }
 * }</pre>
 *
 * <p>{@link #plan} only reads. {@link RewindPlan#execute} stages everything it needs beside the target before it
 * changes the target, so a failure up to then leaves the target as it was, and one after that is finished by {@link
 * #resume}, without the source. The target may have been a primary or a standby, stopped cleanly or crashed; no server
 * program is needed. What results is a data directory that must be started as a standby; {@link #standby}
 * writes the configuration for that.
 *
 * <p>The source is trusted with the content of the data directory: the databases, and the configuration that lies among
 * them and comes with the rewind unless it is {@linkplain #keep kept}, so that whoever controls the source decides what
 * a server that is started on the target does. It is not trusted with anything outside: its paths cannot leave the data
 * directory, links are followed only where the target itself has them at a tablespace or at the WAL, and a new
 * tablespace lies only where the caller {@linkplain #newTablespaces permits} it.
 *
 * <p>Instances are for one thread. The target belongs to the caller meanwhile: no server may be started on it.
 */
public final class Rewind {

    private final Path target;
    private final Transport source;
    private final ImmutableList.Builder<WalSegmentSource> archives = ImmutableList.builder();
    private final Map<String, String> tablespaces = new HashMap<>();
    private TablespacePolicy tablespacePolicy = TablespacePolicy.none();
    private BlockSelection blockSelection = BlockSelection.MINIMAL;
    private CopyMode copyMode = CopyMode.STAGED;
    private Compare compare = Compare.NEVER;
    private Predicate<WalSegmentName> restorable = segment -> false;
    private Predicate<DataPath> kept = path -> false;
    private Optional<StandbySettings> standby = Optional.empty();
    private Durability durability = Durability.SYNC;
    private int threads = Runtime.getRuntime().availableProcessors();
    private RewindListener listener = RewindListener.none();
    private Cancellation cancellation = Cancellation.create();
    private AfterSeal afterSeal = AfterSeal.FINISH;
    private Verify verify = Verify.NOTHING;
    private Optional<Path> salvage = Optional.empty();

    private Rewind(Path target, Transport source) {
        this.target = target;
        this.source = source;
    }

    /** A rewind of which only the target is known yet. */
    public static final class OfTarget {
        private final Path target;

        private OfTarget(Path target) {
            this.target = target;
        }

        /**
         * Names the source.
         *
         * @param source gives the new primary's bytes; stays the caller's, who closes it
         * @return the rewind, with default settings
         */
        public Rewind from(Transport source) {
            return new Rewind(target, requireNonNull(source, "source"));
        }
    }

    /**
     * Names the target.
     *
     * @param targetDirectory the data directory to bring in line; no server may run on it
     * @return the rewind, which still needs its source
     */
    public static OfTarget of(Path targetDirectory) {
        return new OfTarget(requireNonNull(targetDirectory, "targetDirectory")
                .toAbsolutePath()
                .normalize());
    }

    /**
     * Chooses which blocks are copied.
     *
     * @param selection the default is {@link BlockSelection#MINIMAL}
     * @return this
     */
    public Rewind blockSelection(BlockSelection selection) {
        this.blockSelection = requireNonNull(selection, "selection");
        return this;
    }

    /**
     * Chooses when contents are compared instead of reading what the target's WAL says.
     *
     * @param when the default is {@link Compare#NEVER}
     * @return this
     */
    public Rewind compare(Compare when) {
        this.compare = requireNonNull(when, "when");
        return this;
    }

    /**
     * Chooses whether changed blocks are staged before they are put in place.
     *
     * @param mode the default is {@link CopyMode#STAGED}
     * @return this
     */
    public Rewind copyMode(CopyMode mode) {
        this.copyMode = requireNonNull(mode, "mode");
        return this;
    }

    /**
     * Adds a place to look for WAL that the target no longer has. The target's own directory is asked first, the
     * source's {@code pg_wal} last, and only for shared WAL. What replay needs and neither side has is copied from
     * there. The target's timeline history is taken from there too if the target has lost it.
     *
     * @param archive gives segments of the clusters' branches: their WAL archive, such as
     *     {@link org.pgrewind4j.transport.archive.WalArchive}, or {@link RestoredWal}
     * @return this
     */
    public Rewind walFrom(WalSegmentSource archive) {
        archives.add(requireNonNull(archive, "archive"));
        return this;
    }

    /**
     * Says which WAL segments the started standby will get by itself, such as by a {@code restore_command}, so that
     * their absence is no reason to refuse.
     *
     * @param restorable true for a segment that can be restored; by default none can
     * @return this
     */
    public Rewind restorable(Predicate<WalSegmentName> restorable) {
        this.restorable = requireNonNull(restorable, "restorable");
        return this;
    }

    /**
     * Keeps files of the target that the source would else replace or remove, such as configuration. Only paths that
     * are not part of the database may be kept.
     *
     * @param kept true for a path that is to stay as it is
     * @return this
     */
    public Rewind keep(Predicate<DataPath> kept) {
        this.kept = requireNonNull(kept, "kept");
        return this;
    }

    /**
     * Says where a tablespace that the target does not have yet is to lie.
     *
     * @param ofSource its location on the source, an absolute path
     * @param onTarget its location on the target, an absolute path
     * @return this
     */
    public Rewind mapTablespace(Path ofSource, Path onTarget) {
        requireNonNull(ofSource, "ofSource");
        requireNonNull(onTarget, "onTarget");
        tablespaces.put(ofSource.toString(), onTarget.toAbsolutePath().toString());
        return this;
    }

    /**
     * Sets where tablespaces that the target does not have yet may lie as on the source, without being
     * {@linkplain #mapTablespace mapped}.
     *
     * @param policy the default is {@link TablespacePolicy#none}, which refuses each that is not mapped
     * @return this
     */
    public Rewind newTablespaces(TablespacePolicy policy) {
        this.tablespacePolicy = requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Also writes what makes the target a standby, as {@code pg_rewind --write-recovery-conf} does, and even if nothing
     * is to be rewound. Without it nothing is written, and the source's configuration comes with the rewind.
     *
     * @param settings what the standby is told
     * @return this
     */
    public Rewind standby(StandbySettings settings) {
        requireNonNull(settings, "settings");
        this.standby = Optional.of(settings);
        return this;
    }

    /**
     * Chooses whether what is written is forced to the disk.
     *
     * @param durability the default is {@link Durability#SYNC}
     * @return this
     */
    public Rewind durability(Durability durability) {
        this.durability = requireNonNull(durability, "durability");
        return this;
    }

    /**
     * Limits the threads that read WAL.
     *
     * @param threads at least 1; the default is the number of processors
     * @return this
     * @throws IllegalArgumentException if less than 1
     */
    public Rewind threads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + ": expected at least 1");
        }
        this.threads = threads;
        return this;
    }

    /**
     * Sets the listener that receives progress.
     *
     * @param listener called while planning and executing
     * @return this
     */
    public Rewind listener(RewindListener listener) {
        this.listener = requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Sets the handle that cancels planning and execution.
     *
     * @param cancellation by default nothing does but an interrupt of the thread
     * @return this
     */
    public Rewind cancelledBy(Cancellation cancellation) {
        this.cancellation = requireNonNull(cancellation, "cancellation");
        return this;
    }

    /**
     * Says what a cancellation does once all is sealed.
     *
     * @param afterSeal the default is {@link AfterSeal#FINISH}
     * @return this
     */
    public Rewind afterSeal(AfterSeal afterSeal) {
        this.afterSeal = requireNonNull(afterSeal, "afterSeal");
        return this;
    }

    /**
     * Asks for a proof of the result, before a server can start on it.
     *
     * @param verify the default is {@link Verify#NOTHING}
     * @return this
     */
    public Rewind verify(Verify verify) {
        this.verify = requireNonNull(verify, "verify");
        return this;
    }

    /**
     * Also keeps what the rewind overwrites and removes: the abandoned WAL, old blocks and files, and the old control file.
     * They are kept in a directory, compressed, and durable before the target is changed; {@link RewindBundle} puts them
     * back. Not together with {@link CopyMode#IN_PLACE}.
     *
     * @param directory where to, outside of the target; created if its parent is there
     * @return this
     */
    public Rewind salvage(Path directory) {
        this.salvage = Optional.of(
                requireNonNull(directory, "directory").toAbsolutePath().normalize());
        return this;
    }

    /**
     * Examines both sides and says what a rewind would do. Changes nothing.
     *
     * @return the plan; whatever forbids the rewind is part of it, all at once
     * @throws RewindCancelledException if it was cancelled
     * @throws ProblemException if one of the sides cannot be read; it says which, and what to do
     * @throws PgRewindException if one of the sides cannot be understood
     */
    public RewindPlan plan() {
        return planning(Planner::plan);
    }

    /**
     * Finds out who diverged from whom, and where, as {@link #plan} does before its scan: it takes control files,
     * histories and the ends of WAL, and lists no files. A target that was not stopped cleanly is read from its last
     * checkpoint on where that tells. Changes nothing.
     *
     * @return what both sides are, where their histories part, and what a plan would say as far as that can be told
     * @throws RewindCancelledException if it was cancelled
     * @throws ProblemException if one of the sides cannot be read; it says which, and what to do
     * @throws PgRewindException if one of the sides cannot be understood
     */
    public Examination examine() {
        return planning(Planner::examine);
    }

    /**
     * Says what a rewind would lose: what was committed on the target's branch alone. Reads the WAL of both branches
     * from the divergence on, and no other files but for names, and for the proof that WAL ends where it seems to; a
     * target that a rewind is refused for can be reported on too. Changes nothing, and tells the listener nothing.
     *
     * <p>Where the target's branch cannot be told, there is no report: if two servers wrote on one timeline, if the two
     * have no common history, or if an earlier rewind is to be finished. So an empty answer means that nothing is lost
     * only together with a {@linkplain Verdict#losesNothing verdict that says so}.
     *
     * @return the report; empty if the target has nothing that the source does not have, or if that cannot be told
     * @throws RewindCancelledException if it was cancelled
     * @throws ProblemException if one of the sides cannot be read; it says which, and what to do
     * @throws PgRewindException if one of the sides cannot be understood
     */
    public Optional<DivergenceReport> lost() {
        return planning(Planner::lost);
    }

    /** A part of planning. */
    private interface Planning<T> {
        T of(Planner planner) throws IOException;
    }

    private <T> T planning(Planning<T> planning) {
        Settings settings = settings();
        try (Cancellation.Work work = cancellation.begin()) {
            T result = planning.of(new Planner(settings));
            work.check();
            settings.listener().finished();
            return result;
        } catch (IOException | RuntimeException e) {
            RuntimeException failure = failure(e);
            settings.listener().failed(failure);
            throw failure;
        }
    }

    private RuntimeException failure(Exception e) {
        if (cancellation.isCancelled()) {
            return new RewindCancelledException(
                    new StagingArea(target, List.of()).targetState(),
                    "planning the rewind of \"" + target + "\" was cancelled",
                    e);
        }
        return PlanningFailure.of("cannot plan the rewind of \"" + target + "\"", target, source.description(), e);
    }

    private Settings settings() {
        if (salvage.isPresent() && copyMode == CopyMode.IN_PLACE) {
            throw new IllegalArgumentException(
                    "salvage: blocks that are overwritten in place are not kept: expected CopyMode.STAGED");
        }
        Transport shown = source;
        ImmutableList<WalSegmentSource> asked = archives.build();
        if (source instanceof Backup backup && backup.facts().isOnline()) {
            shown = new BackupSource(backup, asked);
            asked = ImmutableList.<WalSegmentSource>builder()
                    .addAll(asked)
                    .add(BackupSource.walOf(backup))
                    .build();
        }
        return new Settings(
                target,
                shown,
                blockSelection,
                copyMode,
                compare,
                asked,
                restorable,
                kept,
                new TablespaceMapping(tablespaces, tablespacePolicy),
                standby,
                durability,
                threads,
                PhaseEvents.of(listener),
                cancellation,
                afterSeal,
                verify,
                salvage);
    }

    /**
     * Looks at what a rewind has made of a target so far, whichever process works on it.
     *
     * @param targetDirectory the data directory
     * @return the status; empty if no rewind of it was begun, or the last one is finished
     * @throws ProblemException if the directory cannot be read, or is none
     */
    public static Optional<RewindStatus> status(Path targetDirectory) {
        requireNonNull(targetDirectory, "targetDirectory");
        Optional<DataDirectoryException> none = DataDirectoryException.find(Side.TARGET, targetDirectory)
                .filter(found -> found.reason() != DataDirectoryException.Reason.MISSING);
        if (none.isPresent()) {
            throw new ProblemException(Problem.of(none.get()), none.get());
        }
        try {
            return StatusFile.read(targetDirectory.toAbsolutePath().normalize());
        } catch (IOException e) {
            throw PlanningFailure.of("cannot look at \"" + targetDirectory + "\"", targetDirectory, "", e);
        }
    }

    /**
     * Finishes an execution that was interrupted after its seal. Needs no source.
     *
     * @param targetDirectory the data directory
     * @param listener receives progress
     * @return the report, empty if nothing was interrupted there
     * @throws RewindException if it fails again, and the target stays resumable; or if it was executed in place and
     *     interrupted before its seal, which takes a new rewind
     */
    public static Optional<RewindReport> resume(Path targetDirectory, RewindListener listener) {
        requireNonNull(targetDirectory, "targetDirectory");
        requireNonNull(listener, "listener");
        return resume(targetDirectory, listener, Verify.NOTHING);
    }

    /**
     * As {@link #resume(Path, RewindListener)}, with a proof of the result. WAL segments that the standby would get by
     * itself are not known here, and count as missing; {@link RewindPlan#execute} knows them.
     *
     * @param targetDirectory the data directory
     * @param listener receives progress
     * @param verify what is to be proven, whatever was asked for when it was begun
     * @return the report, empty if nothing was interrupted there
     * @throws VerificationException if the result does not match what was staged; the target stays resumable
     * @throws RewindException if it fails again; the target stays resumable
     */
    public static Optional<RewindReport> resume(Path targetDirectory, RewindListener listener, Verify verify) {
        requireNonNull(targetDirectory, "targetDirectory");
        requireNonNull(listener, "listener");
        requireNonNull(verify, "verify");
        return Resumption.resume(
                targetDirectory.toAbsolutePath().normalize(), Durability.SYNC, Verifier.of(verify), listener);
    }
}
