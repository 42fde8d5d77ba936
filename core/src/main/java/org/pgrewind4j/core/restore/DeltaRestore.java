package org.pgrewind4j.core.restore;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.AfterSeal;
import org.pgrewind4j.core.Cancellation;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindCancelledException;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.RewindStatus;
import org.pgrewind4j.core.TablespacePolicy;
import org.pgrewind4j.core.VerificationException;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.internal.area.PlanningFailure;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.events.PhaseEvents;
import org.pgrewind4j.core.internal.restore.BackupTablespaces;
import org.pgrewind4j.core.internal.restore.RestorePlanner;
import org.pgrewind4j.core.internal.restore.RestoreSettings;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * Makes a data directory, the target, what a backup holds, and writes of it what differs alone: as
 * {@code pgbackrest restore --delta} does, with the same result.
 *
 * <pre>{@code
 * try (Backup backup = BaseBackup.open(directory)) {
 *     RestorePlan plan = DeltaRestore.of(oldPrimary)
 *             .from(backup)
 *             .recovery(RecoveryGoal.standby()
 *                     .option("primary_conninfo", "host=db2 user=replicator")
 *                     .option("primary_slot_name", "db1"))
 *             .plan();
 *     if (plan.verdict() == RestoreVerdict.RESTORE) {
 *         RestoreReport report = plan.execute();
 *     }
 * }
 * }</pre>
 *
 * <p>Each file is compared by its whole content, so that nothing is taken on trust: not the target's WAL, not its
 * times, not its being the same cluster at all. With {@link Evidence#WAL} that is done only where the WAL of both sides does
 * not tell what they changed since they diverged. What the backup does not have is removed: logs and configuration in the
 * data directory too, and all WAL. The target may be anything from a whole cluster to an empty directory, or one that
 * this or another program has restored in part.
 *
 * <p>{@link #plan} only reads. {@link RestorePlan#execute} stages what differs beside the target before it changes the
 * target, so a failure up to then leaves the target as it was, and one after that is finished by {@link #resume},
 * without the backup. The result starts replay from the backup's {@code backup_label}; the WAL from there on must be
 * within the server's reach.
 *
 * <p>The backup is trusted with the content of the data directory, and with nothing outside of it: a tablespace that
 * does not lie on the target where the backup has it must be mapped or permitted.
 *
 * <p>Instances are for one thread. The target belongs to the caller meanwhile: no server may be started on it.
 */
public final class DeltaRestore {

    private final Path target;
    private final Backup backup;
    private final Map<String, Path> tablespaces = new HashMap<>();
    private Optional<Path> allTablespaces = Optional.empty();
    private TablespacePolicy tablespacePolicy = TablespacePolicy.none();
    private RecoveryGoal goal = RecoveryGoal.end();
    private Replaceable replaceable = Replaceable.SAME_CLUSTER;
    private Evidence evidence = Evidence.CONTENT;
    private final List<WalSegmentSource> archives = new ArrayList<>();
    private Durability durability = Durability.SYNC;
    private int threads = Runtime.getRuntime().availableProcessors();
    private RewindListener listener = RewindListener.none();
    private Cancellation cancellation = Cancellation.create();
    private AfterSeal afterSeal = AfterSeal.FINISH;
    private Verify verify = Verify.NOTHING;

    private DeltaRestore(Path target, Backup backup) {
        this.target = target;
        this.backup = backup;
    }

    /** A restore of which only the target is known yet. */
    public static final class OfTarget {
        private final Path target;

        private OfTarget(Path target) {
            this.target = target;
        }

        /**
         * Names the backup.
         *
         * @param backup is read; stays the caller's, who closes it
         * @return the restore, with default settings
         */
        public DeltaRestore from(Backup backup) {
            return new DeltaRestore(target, requireNonNull(backup, "backup"));
        }
    }

    /**
     * Names the target.
     *
     * @param targetDirectory the data directory, which need not exist; no server may run on it
     * @return the restore, which still needs its backup
     */
    public static OfTarget of(Path targetDirectory) {
        return new OfTarget(requireNonNull(targetDirectory, "targetDirectory")
                .toAbsolutePath()
                .normalize());
    }

    /**
     * Says what the server is to do with the restored backup.
     *
     * @param goal the default is {@link RecoveryGoal#end}
     * @return this
     */
    public DeltaRestore recovery(RecoveryGoal goal) {
        this.goal = requireNonNull(goal, "goal");
        return this;
    }

    /**
     * Says where a tablespace is to lie.
     *
     * @param nameOrOid its name, or its OID in digits; the plan refuses a tablespace that is mapped differently by both
     * @param location the directory
     * @return this
     */
    public DeltaRestore mapTablespace(String nameOrOid, Path location) {
        requireNonNull(nameOrOid, "nameOrOid");
        requireNonNull(location, "location");
        tablespaces.put(nameOrOid, location.toAbsolutePath().normalize());
        return this;
    }

    /**
     * Says where the tablespaces are to lie that are not {@linkplain #mapTablespace mapped} one by one.
     *
     * @param directory each gets a directory of its name in it
     * @return this
     */
    public DeltaRestore mapTablespaces(Path directory) {
        requireNonNull(directory, "directory");
        this.allTablespaces = Optional.of(directory.toAbsolutePath().normalize());
        return this;
    }

    /**
     * Sets where tablespaces may lie as in the backup, without being mapped. Those that lie there on the target need
     * nobody's word.
     *
     * @param policy the default is {@link TablespacePolicy#none}
     * @return this
     */
    public DeltaRestore newTablespaces(TablespacePolicy policy) {
        this.tablespacePolicy = requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Says what may be replaced.
     *
     * @param replaceable the default is {@link Replaceable#SAME_CLUSTER}
     * @return this
     */
    public DeltaRestore replacing(Replaceable replaceable) {
        this.replaceable = requireNonNull(replaceable, "replaceable");
        return this;
    }

    /**
     * Says what tells which parts of the target are the backup's already.
     *
     * @param evidence the default is {@link Evidence#CONTENT}
     * @return this
     */
    public DeltaRestore evidence(Evidence evidence) {
        this.evidence = requireNonNull(evidence, "evidence");
        return this;
    }

    /**
     * Adds a place to look for WAL and history files of either side, for {@link Evidence#WAL}. The target's own directory is
     * asked first for its WAL, and the backup's archive for the backup's; both are asked before this.
     *
     * @param archive gives segments of the clusters' branches, such as {@link
     *     org.pgrewind4j.transport.archive.WalArchive}, or the {@code pg_wal} of the server that was backed up
     * @return this
     */
    public DeltaRestore walFrom(WalSegmentSource archive) {
        archives.add(requireNonNull(archive, "archive"));
        return this;
    }

    /**
     * Chooses whether what is written is forced to the disk.
     *
     * @param durability the default is {@link Durability#SYNC}
     * @return this
     */
    public DeltaRestore durability(Durability durability) {
        this.durability = requireNonNull(durability, "durability");
        return this;
    }

    /**
     * Limits the threads that compare and read files.
     *
     * @param threads at least 1; the default is the number of processors
     * @return this
     * @throws IllegalArgumentException if less than 1
     */
    public DeltaRestore threads(int threads) {
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
    public DeltaRestore listener(RewindListener listener) {
        this.listener = requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Sets the handle that cancels planning and execution.
     *
     * @param cancellation by default nothing does but an interrupt of the thread
     * @return this
     */
    public DeltaRestore cancelledBy(Cancellation cancellation) {
        this.cancellation = requireNonNull(cancellation, "cancellation");
        return this;
    }

    /**
     * Says what a cancellation does once all is sealed.
     *
     * @param afterSeal the default is {@link AfterSeal#FINISH}
     * @return this
     */
    public DeltaRestore afterSeal(AfterSeal afterSeal) {
        this.afterSeal = requireNonNull(afterSeal, "afterSeal");
        return this;
    }

    /**
     * Asks for a proof of what was written, before a server can start on it. What was found equal when it was planned
     * is not read once more.
     *
     * @param verify the default is {@link Verify#NOTHING}
     * @return this
     */
    public DeltaRestore verify(Verify verify) {
        this.verify = requireNonNull(verify, "verify");
        return this;
    }

    /**
     * Compares the target with the backup and says what a restore would do. Changes nothing.
     *
     * @return the plan; whatever forbids the restore is part of it, all at once
     * @throws RewindCancelledException if it was cancelled
     * @throws ProblemException if the target or the backup cannot be read; it says which, and what to do
     * @throws PgRewindException if the target or the backup cannot be understood
     */
    public RestorePlan plan() {
        RestoreSettings settings = new RestoreSettings(
                target,
                backup,
                new BackupTablespaces(Map.copyOf(tablespaces), allTablespaces, tablespacePolicy),
                goal,
                replaceable,
                evidence,
                List.copyOf(archives),
                durability,
                threads,
                PhaseEvents.of(listener),
                cancellation,
                afterSeal,
                verify);
        try (Cancellation.Work work = cancellation.begin()) {
            RestorePlan plan = new RestorePlanner(settings).plan();
            work.check();
            settings.listener().finished();
            return plan;
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
                    "planning the restore of \"" + target + "\" was cancelled",
                    e);
        }
        return PlanningFailure.of("cannot plan the restore of \"" + target + "\"", target, backup.description(), e);
    }

    /**
     * Looks at what a restore has made of a target so far, whichever process works on it.
     *
     * @param targetDirectory the data directory
     * @return the status; empty if no restore of it was begun, or the last one is finished
     * @throws ProblemException if the directory cannot be read, or is none
     */
    public static Optional<RewindStatus> status(Path targetDirectory) {
        return Rewind.status(targetDirectory);
    }

    /**
     * Finishes an execution that was interrupted after its seal. Needs no backup.
     *
     * @param targetDirectory the data directory
     * @param listener receives progress
     * @param verify what is to be proven, whatever was asked for when it was begun
     * @return what was done, empty if nothing was interrupted there
     * @throws VerificationException if the result does not match what was staged; the target stays resumable
     * @throws RewindException if it fails again, and the target stays resumable
     */
    public static Optional<RewindReport> resume(Path targetDirectory, RewindListener listener, Verify verify) {
        return Rewind.resume(targetDirectory, listener, verify);
    }
}
