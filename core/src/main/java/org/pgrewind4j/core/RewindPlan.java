package org.pgrewind4j.core;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;

/**
 * What a rewind would do, and why it may or may not. Plain data: it may be printed or thrown away, and holds neither
 * file nor thread. Made by {@link Rewind#plan}.
 */
public final class RewindPlan {

    private final Settings settings;
    private final Verdict verdict;
    private final @Nullable Divergence divergence;
    private final List<Problem> problems;
    private final @Nullable RewindFacts facts;
    private final List<FileAction> actions;
    private final PlanNeeds needs;

    private RewindPlan(
            Settings settings,
            Verdict verdict,
            @Nullable Divergence divergence,
            List<Problem> problems,
            @Nullable RewindFacts facts,
            List<FileAction> actions,
            PlanNeeds needs) {
        this.settings = settings;
        this.verdict = verdict;
        this.divergence = divergence;
        this.problems = List.copyOf(problems);
        this.facts = facts;
        this.actions = List.copyOf(actions);
        this.needs = needs;
    }

    static RewindPlan of(Settings settings, Verdict verdict, @Nullable Divergence divergence, List<Problem> problems) {
        return new RewindPlan(settings, verdict, divergence, problems, null, List.of(), PlanNeeds.NOTHING);
    }

    /** This plan, with what a rewind needs. */
    RewindPlan needing(PlanNeeds known) {
        return new RewindPlan(settings, verdict, divergence, problems, facts, actions, known);
    }

    /** This plan, with what makes the target a standby though there is nothing to rewind. */
    RewindPlan withStandby(StandbyFiles standby) {
        return new RewindPlan(settings, verdict, divergence, problems, facts, List.copyOf(standby.actions()), needs);
    }

    static RewindPlan rewind(Settings settings, RewindFacts facts, List<FileAction> actions) {
        return new RewindPlan(
                settings, Verdict.REWIND, facts.divergence(), List.of(), facts, actions, PlanNeeds.NOTHING);
    }

    /**
     * What the plan found.
     *
     * @return the verdict
     */
    public Verdict verdict() {
        return verdict;
    }

    /**
     * Everything that forbids the rewind.
     *
     * @return at least one problem if the verdict is {@code REFUSED}, else none
     */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * Where the histories part.
     *
     * @return the divergence, empty if it could not or need not be found
     */
    public Optional<Divergence> divergence() {
        return Optional.ofNullable(divergence);
    }

    /**
     * Where replay will start.
     *
     * @return the redo point, empty unless the verdict is {@code REWIND}
     */
    public Optional<Lsn> redo() {
        return Optional.ofNullable(facts).map(known -> known.start().redo());
    }

    /**
     * The checkpoint that the backup label will name.
     *
     * @return where its record begins, empty unless the verdict is {@code REWIND}
     */
    public Optional<Lsn> checkPoint() {
        return Optional.ofNullable(facts).map(known -> known.start().checkPoint());
    }

    /**
     * The timeline that this checkpoint is on.
     *
     * @return the timeline, empty unless the verdict is {@code REWIND}
     */
    public Optional<TimelineId> checkPointTimeline() {
        return Optional.ofNullable(facts)
                .map(known -> known.source().history().timelineAt(known.start().checkPoint()));
    }

    /**
     * Where the target's WAL ends, and so what it wrote that will be lost.
     *
     * @return the end of the abandoned branch, empty unless the verdict is {@code REWIND}
     */
    public Optional<Lsn> targetEnd() {
        return Optional.ofNullable(facts).map(known -> known.changed().end().position());
    }

    /**
     * Where replay must arrive before the standby is consistent, as of now. A running source moves it on.
     *
     * @return the end of replay, empty unless the verdict is {@code REWIND}
     */
    public Optional<Lsn> replayEnd() {
        return Optional.ofNullable(facts).map(known -> known.end().lsn());
    }

    /**
     * Blocks that must be copied only because the target ran without full-page images at times.
     *
     * @return a number of blocks
     */
    public long blocksWithoutImage() {
        return facts == null ? 0 : facts.copySet().unexpectedBlocks();
    }

    /**
     * What will be done to each path, in the order in which it will be done. The control file and the backup label,
     * which each rewind writes, are not among it.
     *
     * @return the actions; unless the verdict is {@code REWIND} none but those that {@link Rewind#standby} asks for
     */
    public List<FileAction> actions() {
        return actions;
    }

    /**
     * What will be taken from the source.
     *
     * @return bytes by kind
     */
    public CopiedBytes bytes() {
        return facts == null
                ? new CopiedBytes(0, 0, 0, 0, 0)
                : CopiedBytes.of(actions, RelationGeometry.of(facts.targetControl()), facts.walFiles());
    }

    /**
     * The WAL that replay will read.
     *
     * @return the segments in order; empty unless the verdict is {@code REWIND}, or {@code REFUSED} for what was found out
     *     after both sides were listed
     */
    public List<NeededWal> wal() {
        return needs.wal();
    }

    /**
     * What is needed of each file system that will be written to.
     *
     * @return file systems; empty where {@link #wal} is
     */
    public List<DiskSpace> disk() {
        return needs.disk();
    }

    /**
     * What executing this plan goes through. A listener is told of them in this order.
     *
     * @return phases; none unless the verdict is {@code REWIND} or {@code RESUME}
     */
    public List<ExpectedPhase> phases() {
        return ExpectedPhase.of(verdict, settings.verify(), bytes().total(), walBytes());
    }

    private long walBytes() {
        return facts == null ? 0 : facts.end().lsn().minus(facts.start().redo());
    }

    /**
     * How large the source is, to see what the rewind saves.
     *
     * @return the bytes of all its files; zero unless the verdict is {@code REWIND}
     */
    public long sourceBytes() {
        return facts == null ? 0 : facts.sourceBytes();
    }

    /**
     * This plan as a JSON object, for programs and for keeping. The resource {@code META-INF/pgrewind4j/plan.schema.json}
     * describes each member; within one {@code schemaVersion} members are added only.
     *
     * @return JSON text
     */
    public String toJson() {
        return PlanJson.of(this);
    }

    Settings settings() {
        return settings;
    }

    RewindFacts facts() {
        if (facts == null) {
            throw new IllegalStateException("nothing to execute: the verdict is " + verdict);
        }
        return facts;
    }

    /**
     * Does what the plan says: stages, seals, applies. With a verdict other than {@code REWIND} and {@code RESUME}
     * nothing is done but what {@link Rewind#standby} asks for.
     *
     * @return what was done
     * @throws RewindCancelledException if it was cancelled
     * @throws RewindRefusedException if the verdict is {@code REFUSED}
     * @throws VerificationException if {@link Verify} was asked for, and the result is not what it ought to be
     * @throws RewindException if it fails; it says in what state the target is
     */
    public RewindReport execute() {
        return Execution.execute(this);
    }
}
