package org.pgrewind4j.core;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.internal.json.PlanJson;
import org.pgrewind4j.core.report.DivergenceReport;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;

/**
 * What a rewind would do, and why it may or may not. Made by {@link Rewind#plan}. Plain data: it may be printed or
 * thrown away, and holds neither file nor thread.
 *
 * <p>An interface, so that programs can be tested with plans of their own: what such a plan does not say is nothing.
 */
public interface RewindPlan {

    /**
     * What the plan found.
     *
     * @return the verdict
     */
    Verdict verdict();

    /**
     * The data directory that is to be rewound.
     *
     * @return its path
     */
    default Optional<Path> target() {
        return Optional.empty();
    }

    /**
     * The cluster that it is to follow.
     *
     * @return its name in messages
     */
    default Optional<String> source() {
        return Optional.empty();
    }

    /**
     * Which cluster both are copies of.
     *
     * @return the system identifier in decimal digits, empty unless the verdict is {@code REWIND} or {@code COMPARE}
     */
    default Optional<String> systemIdentifier() {
        return Optional.empty();
    }

    /**
     * The release of both.
     *
     * @return PostgreSQL's release, empty unless the verdict is {@code REWIND} or {@code COMPARE}
     */
    default Optional<PostgresVersion> release() {
        return Optional.empty();
    }

    /**
     * When it was planned.
     *
     * @return when planning was begun, by the clock of the machine
     */
    default Optional<Instant> planned() {
        return Optional.empty();
    }

    /**
     * How long planning took.
     *
     * @return a time for each of its phases
     */
    default Map<Phase, Duration> times() {
        return Map.of();
    }

    /**
     * Everything that forbids the rewind.
     *
     * @return at least one problem if the verdict is {@code REFUSED}, else none
     */
    default List<Problem> problems() {
        return List.of();
    }

    /**
     * What somebody must see to before the server is started on the result. More can be found out when the plan is
     * executed, see {@link RewindReport#warnings}.
     *
     * @return warnings, which forbid nothing; none unless the verdict is {@code REWIND} or {@code COMPARE}
     */
    default List<Warning> warnings() {
        return List.of();
    }

    /**
     * Where the histories part.
     *
     * @return the divergence, empty if it could not or need not be found
     */
    default Optional<Divergence> divergence() {
        return Optional.empty();
    }

    /**
     * Where replay will start.
     *
     * @return the redo point, empty unless the verdict is {@code REWIND} or {@code COMPARE}
     */
    default Optional<Lsn> redo() {
        return Optional.empty();
    }

    /**
     * The checkpoint that the backup label will name.
     *
     * @return where its record begins, empty unless the verdict is {@code REWIND} or {@code COMPARE}
     */
    default Optional<Lsn> checkPoint() {
        return Optional.empty();
    }

    /**
     * The timeline that this checkpoint is on.
     *
     * @return the timeline, empty unless the verdict is {@code REWIND} or {@code COMPARE}
     */
    default Optional<TimelineId> checkPointTimeline() {
        return Optional.empty();
    }

    /**
     * Where the target's WAL ends, and so what it wrote that will be lost.
     *
     * @return the end of the abandoned branch, empty unless the verdict is {@code REWIND}
     */
    default Optional<Lsn> targetEnd() {
        return Optional.empty();
    }

    /**
     * The WAL that only the target has.
     *
     * @return what will be dropped of it; empty if nothing will be, or if that is not known
     */
    default Optional<LostWal> lostWal() {
        return LostWal.between(divergence(), targetEnd());
    }

    /**
     * Where replay must arrive before the standby is consistent, as of now. A running source moves it on.
     *
     * @return the end of replay, empty unless the verdict is {@code REWIND} or {@code COMPARE}
     */
    default Optional<Lsn> replayEnd() {
        return Optional.empty();
    }

    /**
     * By which rule blocks are chosen.
     *
     * @return what was asked for; {@code SINCE_CHECKPOINT} where WAL between the redo point and its checkpoint's record
     *     is missing, so that nobody can tell which pages replay rebuilds
     */
    default BlockSelection blockSelection() {
        return BlockSelection.MINIMAL;
    }

    /**
     * Blocks that must be copied only because the target ran without full-page images at times.
     *
     * @return a number of blocks
     */
    default long blocksWithoutImage() {
        return 0;
    }

    /**
     * What will be done to each path, in the order in which it will be done. The control file and the backup label,
     * which each rewind writes, are not among it.
     *
     * @return the actions; unless the verdict is {@code REWIND} or {@code COMPARE} none but those that {@link
     *     Rewind#standby} asks for
     */
    default List<FileAction> actions() {
        return List.of();
    }

    /**
     * What will be taken from the source.
     *
     * @return bytes by kind
     */
    default CopiedBytes bytes() {
        return new CopiedBytes(0, 0, 0, 0, 0);
    }

    /**
     * How much is compared with the target's files, beside {@link #bytes}. So much is read on both sides, and at most
     * so much is copied; how much shows when the plan is executed, for a running source continues until then, and has
     * to keep WAL from the time when comparing begins.
     *
     * @return bytes; zero unless the verdict is {@code COMPARE}
     */
    default long comparedBytes() {
        return 0;
    }

    /**
     * The WAL that replay will read.
     *
     * @return the segments in order; empty unless the verdict is {@code REWIND} or {@code COMPARE}, or {@code REFUSED}
     *     for what was found out after both sides were listed
     */
    default List<NeededWal> wal() {
        return List.of();
    }

    /**
     * What is needed of each file system that will be written to.
     *
     * @return file systems; empty where {@link #wal} is
     */
    default List<DiskSpace> disk() {
        return List.of();
    }

    /**
     * The phases of executing this plan, in the order in which a listener sees them.
     *
     * @return phases; none unless the verdict is {@code REWIND}, {@code COMPARE} or {@code RESUME}
     */
    default List<ExpectedPhase> phases() {
        return List.of();
    }

    /**
     * How large the source is, to see what the rewind saves.
     *
     * @return the bytes of all its files; zero unless the verdict is {@code REWIND} or {@code COMPARE}
     */
    default long sourceBytes() {
        return 0;
    }

    /**
     * What the rewind loses. This reads the WAL of both branches when it is called, and not before: ask before
     * {@link #execute}, which removes the target's.
     *
     * @return the report, empty unless the verdict is {@code REWIND}, or {@code COMPARE} of branches that are known;
     *     empty means that nothing is lost only if {@link Verdict#losesNothing} does
     * @throws PgRewindException if WAL of the target cannot be read or understood
     */
    default Optional<DivergenceReport> lost() {
        return Optional.empty();
    }

    /**
     * This plan as a JSON object, for programs and for keeping. The resource {@code
     * META-INF/pgrewind4j/plan.schema.json} describes each member; within one {@code schemaVersion} members are added
     * only.
     *
     * @return JSON text
     */
    default String toJson() {
        return PlanJson.of(this);
    }

    /**
     * Does what the plan says: stages, seals, applies. With a verdict other than {@code REWIND}, {@code COMPARE} and
     * {@code RESUME} nothing is done but what {@link Rewind#standby} asks for.
     *
     * @return what was done
     * @throws RewindCancelledException if it was cancelled
     * @throws RewindRefusedException if the verdict is {@code REFUSED}
     * @throws VerificationException if {@link Verify} was asked for, and the result does not match what was staged
     * @throws RewindException if it fails; it says in what state the target is
     */
    RewindReport execute();
}
