package org.pgrewind4j.core.internal.rewind;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.DiskSpace;
import org.pgrewind4j.core.ExpectedPhase;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.UpdateFile;
import org.pgrewind4j.core.NeededWal;
import org.pgrewind4j.core.Participants;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.Warning;
import org.pgrewind4j.core.internal.apply.Resumption;
import org.pgrewind4j.core.internal.apply.Verifier;
import org.pgrewind4j.core.internal.area.PlanningFailure;
import org.pgrewind4j.core.internal.cluster.ArchivedWal;
import org.pgrewind4j.core.internal.cluster.ByteCount;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.config.StandbyFiles;
import org.pgrewind4j.core.internal.execute.Execution;
import org.pgrewind4j.core.internal.execute.StandbyWriter;
import org.pgrewind4j.core.internal.rewind.evidence.RewindEvidence;
import org.pgrewind4j.core.internal.rewind.rehearsal.PreparedStates;
import org.pgrewind4j.core.internal.rewind.rehearsal.Rehearsal;
import org.pgrewind4j.core.internal.rewind.rehearsal.SourceCheck;
import org.pgrewind4j.core.internal.rewind.rehearsal.UnchangedFiles;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.core.internal.salvage.BundleWriter;
import org.pgrewind4j.core.internal.stage.Order;
import org.pgrewind4j.core.report.DivergenceReport;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;

/** The plan of a real rewind: what was asked for, what was found out, and what follows from it. */
public final class PlannedRewind implements RewindPlan {

    private final Settings settings;
    private final Verdict verdict;
    private final @Nullable Divergence divergence;
    private final List<Problem> problems;
    private final @Nullable RewindEvidence facts;
    private final List<FileAction> actions;
    private final PlanNeeds needs;
    private final List<Warning> warnings;

    /** A target is no longer what was planned for once the plan was executed. */
    private final AtomicBoolean isExecuted = new AtomicBoolean();

    private PlannedRewind(
            Settings settings,
            Verdict verdict,
            @Nullable Divergence divergence,
            List<Problem> problems,
            @Nullable RewindEvidence facts,
            List<FileAction> actions,
            PlanNeeds needs,
            List<Warning> warnings) {
        this.settings = settings;
        this.verdict = verdict;
        this.divergence = divergence;
        this.problems = List.copyOf(problems);
        this.facts = facts;
        this.actions = List.copyOf(actions);
        this.needs = needs;
        this.warnings = List.copyOf(warnings);
    }

    static PlannedRewind of(
            Settings settings, Verdict verdict, @Nullable Divergence divergence, List<Problem> problems) {
        return new PlannedRewind(
                settings, verdict, divergence, problems, null, List.of(), PlanNeeds.NOTHING, List.of());
    }

    /** This plan, with other words for what forbids it. */
    PlannedRewind because(List<Problem> told) {
        return new PlannedRewind(settings, verdict, divergence, told, facts, actions, needs, warnings);
    }

    /** This plan, with what a rewind needs. */
    PlannedRewind needing(PlanNeeds known) {
        return new PlannedRewind(settings, verdict, divergence, problems, facts, actions, known, warnings);
    }

    /** This plan, with what makes the target a standby though there is nothing to rewind. */
    PlannedRewind withStandby(StandbyFiles standby) {
        return new PlannedRewind(
                settings, verdict, divergence, problems, facts, List.copyOf(standby.actions()), needs, warnings);
    }

    static PlannedRewind rewind(Settings settings, RewindEvidence facts, List<FileAction> actions) {
        return new PlannedRewind(
                settings, Verdict.REWIND, facts.divergence(), List.of(), facts, actions, PlanNeeds.NOTHING, List.of());
    }

    /** A plan by contents. The divergence is of no matter to it, and told where it is known. */
    static PlannedRewind compare(
            Settings settings, @Nullable Divergence divergence, RewindEvidence facts, List<FileAction> actions) {
        return new PlannedRewind(
                settings, Verdict.COMPARE, divergence, List.of(), facts, actions, PlanNeeds.NOTHING, List.of());
    }

    @Override
    public Verdict verdict() {
        return verdict;
    }

    @Override
    public Optional<Path> target() {
        return Optional.of(settings.target());
    }

    @Override
    public Optional<String> source() {
        return Optional.of(settings.source().description());
    }

    @Override
    public Optional<String> systemIdentifier() {
        return Optional.ofNullable(facts)
                .map(known -> Long.toUnsignedString(known.targetControl().systemIdentifier()));
    }

    @Override
    public Optional<PostgresVersion> release() {
        return Optional.ofNullable(facts).map(known -> known.targetControl().version());
    }

    @Override
    public Optional<Instant> planned() {
        return Optional.of(settings.listener().begun());
    }

    @Override
    public Map<Phase, Duration> times() {
        return settings.listener().planning();
    }

    /** For logs: who is to follow whom, the verdict, and what it comes to. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("rewind of \"" + settings.target() + "\" from "
                + settings.source().description() + ": " + verdict);
        divergence()
                .filter(known -> !known.position().equals(Lsn.MAX))
                .ifPresent(known -> text.append(", diverged at ").append(known.position()));
        targetEnd().ifPresent(end -> text.append(", WAL up to ").append(end).append(" is lost"));
        if (!actions.isEmpty()) {
            text.append(", ")
                    .append(actions.size())
                    .append(" changes, ")
                    .append(bytes().total())
                    .append(" bytes to copy");
        }
        problems.forEach(problem -> text.append("; ").append(problem.message()));
        return text.toString();
    }

    @Override
    public List<Problem> problems() {
        return problems;
    }

    /** This plan, with what must be seen to. */
    PlannedRewind warning(List<Warning> found) {
        return new PlannedRewind(settings, verdict, divergence, problems, facts, actions, needs, found);
    }

    @Override
    public List<Warning> warnings() {
        return warnings;
    }

    @Override
    public Optional<Divergence> divergence() {
        return Optional.ofNullable(divergence);
    }

    @Override
    public Optional<Lsn> redo() {
        return Optional.ofNullable(facts).map(known -> known.start().redo());
    }

    @Override
    public Optional<Lsn> checkPoint() {
        return Optional.ofNullable(facts).map(known -> known.start().checkPoint());
    }

    @Override
    public Optional<TimelineId> checkPointTimeline() {
        return Optional.ofNullable(facts)
                .map(known -> known.source().history().timelineAt(known.start().checkPoint()));
    }

    @Override
    public Optional<Lsn> targetEnd() {
        return Optional.ofNullable(facts)
                .filter(known -> !known.isOfContents())
                .map(known -> known.changed().end().position());
    }

    @Override
    public Optional<Lsn> replayEnd() {
        return Optional.ofNullable(facts).map(known -> known.end().lsn());
    }

    @Override
    public BlockSelection blockSelection() {
        return facts == null ? settings.blockSelection() : facts.copySet().selection();
    }

    @Override
    public long blocksWithoutImage() {
        return facts == null ? 0 : facts.copySet().unexpectedBlocks();
    }

    @Override
    public List<FileAction> actions() {
        return actions;
    }

    @Override
    public CopiedBytes bytes() {
        return facts == null
                ? new CopiedBytes(0, 0, 0, 0, 0)
                : new ByteCount(RelationGeometry.of(facts.targetControl()), facts.walFiles())
                        .of(actions.stream()
                                .filter(action -> !(action instanceof UpdateFile))
                                .toList());
    }

    @Override
    public long comparedBytes() {
        return actions.stream()
                .filter(UpdateFile.class::isInstance)
                .mapToLong(FileAction::bytes)
                .sum();
    }

    @Override
    public List<NeededWal> wal() {
        return needs.wal();
    }

    @Override
    public List<DiskSpace> disk() {
        return needs.disk();
    }

    @Override
    public List<ExpectedPhase> phases() {
        List<ExpectedPhase> phases = new ArrayList<>();
        long copied = bytes().total();
        boolean stages = verdict == Verdict.REWIND || verdict == Verdict.COMPARE;
        if (stages) {
            phases.add(new ExpectedPhase(Phase.STAGE, comparedBytes() + copied));
            phases.add(new ExpectedPhase(Phase.SEAL, 0));
        }
        if (stages || verdict == Verdict.RESUME) {
            phases.add(new ExpectedPhase(Phase.APPLY, copied));
            if (settings.verify() == Verify.RESULT) {
                phases.add(new ExpectedPhase(Phase.VERIFY, copied + walBytes()));
            }
        }
        return phases;
    }

    private long walBytes() {
        return facts == null ? 0 : facts.end().lsn().minus(facts.start().redo());
    }

    @Override
    public long sourceBytes() {
        return facts == null ? 0 : facts.sourceBytes();
    }

    @Override
    public Optional<DivergenceReport> lost() {
        try {
            return facts == null ? Optional.empty() : LostWork.of(settings);
        } catch (IOException e) {
            throw PlanningFailure.of(
                    "cannot read what a rewind of \"" + settings.target() + "\" loses",
                    settings.target(),
                    settings.source().description(),
                    e);
        }
    }

    public RewindEvidence facts() {
        if (facts == null) {
            throw new IllegalStateException("nothing to execute: the verdict is " + verdict);
        }
        return facts;
    }

    @Override
    public RewindReport execute() {
        return switch (verdict) {
            case REFUSED -> throw new RewindRefusedException(problems);
            case REWIND -> executeOnce();
            case COMPARE -> executeOnce().toBuilder().verdict(Verdict.COMPARE).build();
            case RESUME, ALREADY_REWOUND -> {
                // A rewind that was killed after its very last change can have left its staging area.
                RewindReport report = Resumption.resume(
                                settings.target(),
                                settings.durability(),
                                new Verifier(settings.verify(), settings.restorable()),
                                settings.listener())
                        .orElseGet(this::nothingDone);
                writeStandby();
                yield report;
            }
            case NOT_NEEDED, CAN_FOLLOW -> {
                writeStandby();
                yield nothingDone();
            }
        };
    }

    /** What failed and left the target untouched may be tried again; what was done may not. */
    private RewindReport executeOnce() {
        if (isExecuted.get()) {
            throw new RewindException(
                    RewindException.TargetState.UNTOUCHED,
                    "",
                    new Problem(
                            Problem.Kind.PLAN_EXECUTED,
                            Side.TARGET,
                            settings.target().toString(),
                            "the plan for \"" + settings.target() + "\" was executed before",
                            "plan again to see whether anything is left to do."),
                    null);
        }
        RewindReport report = Execution.execute(order());
        isExecuted.set(true);
        return report.toBuilder()
                .times(times())
                .lostWal(lostWal())
                .warnings(warnings)
                .build();
    }

    /** A rewind has this sealed, so that resuming it needs nobody to know the settings. */
    private void writeStandby() {
        settings.standby().ifPresent(standby -> StandbyWriter.write(settings.target(), standby, settings.durability()));
    }

    private RewindReport nothingDone() {
        return RewindReport.of(verdict)
                .participants(new Participants(target(), source(), systemIdentifier(), release()))
                .divergence(divergence())
                .times(times())
                .build();
    }

    /** What is to be executed, if the verdict is {@code REWIND} or {@code COMPARE}. */
    public Order order() {
        RewindEvidence known = facts();
        StandbyFiles standby =
                new StandbyFiles(settings.standby(), known.targetControl().version());
        return new Order(
                settings.target(),
                known.targetControl(),
                settings.source(),
                new Order.Replay(
                        known.source().history(),
                        known.isOfContents() ? null : known.divergence(),
                        known.start(),
                        known.end()),
                actions,
                known.walFiles(),
                new ArchivedWal(settings.archives()),
                settings.restorable(),
                action -> standby.contentAfter(action, settings.source(), settings.kept(), settings.target()),
                known.links(),
                List.of(
                        new SourceCheck(settings.source()),
                        new UnchangedFiles(settings.source(), known.walFiles()),
                        new PreparedStates(known),
                        new Rehearsal(settings, known, actions)),
                new Order.Manner(
                        settings.copyMode(),
                        settings.durability(),
                        settings.afterSeal(),
                        settings.cancellation(),
                        settings.verify(),
                        settings.restorable(),
                        settings.threads(),
                        settings.listener()),
                // By WAL, replay starts before the target's last own checkpoint, and writes again what may be lost.
                known.isOfContents() ? known.equal() : List.of(),
                null,
                settings.salvage()
                        .map(bundle -> new BundleWriter(bundle, settings.target()))
                        .orElse(null));
    }
}
