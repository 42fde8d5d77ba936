package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.Participants;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.internal.apply.Resumption;
import org.pgrewind4j.core.internal.apply.Verifier;
import org.pgrewind4j.core.internal.area.TargetFailure;
import org.pgrewind4j.core.internal.execute.Execution;
import org.pgrewind4j.core.internal.stage.Order;
import org.pgrewind4j.core.restore.EvidenceUsed;
import org.pgrewind4j.core.restore.RestorePlan;
import org.pgrewind4j.core.restore.RestoreReport;
import org.pgrewind4j.core.restore.RestoreVerdict;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.backup.BackupFacts;

/** The plan of a real restore. */
public final class PlannedRestore implements RestorePlan {

    private final RestoreSettings settings;
    private final RestoreVerdict verdict;
    private final List<Problem> problems;
    private final Kept kept;
    private final EvidenceUsed evidence;
    private final @Nullable Order order;

    /** A target is no longer what was planned for once the plan was executed. */
    private final AtomicBoolean isExecuted = new AtomicBoolean();

    private PlannedRestore(
            RestoreSettings settings,
            RestoreVerdict verdict,
            List<Problem> problems,
            Kept kept,
            EvidenceUsed evidence,
            @Nullable Order order) {
        this.settings = settings;
        this.verdict = verdict;
        this.problems = List.copyOf(problems);
        this.kept = kept;
        this.evidence = evidence;
        this.order = order;
    }

    static PlannedRestore refused(RestoreSettings settings, List<Problem> problems) {
        return new PlannedRestore(
                settings, RestoreVerdict.REFUSED, problems, new Kept(0, 0), EvidenceUsed.none(), null);
    }

    static PlannedRestore resume(RestoreSettings settings) {
        return new PlannedRestore(
                settings, RestoreVerdict.RESUME, List.of(), new Kept(0, 0), EvidenceUsed.none(), null);
    }

    static PlannedRestore restore(RestoreSettings settings, Order order, Kept kept, EvidenceUsed evidence) {
        return new PlannedRestore(settings, RestoreVerdict.RESTORE, List.of(), kept, evidence, order);
    }

    @Override
    public RestoreVerdict verdict() {
        return verdict;
    }

    @Override
    public BackupFacts backup() {
        return settings.backup().facts();
    }

    @Override
    public Participants participants() {
        return new Participants(
                Optional.of(settings.target()),
                Optional.of(settings.backup().description()),
                Optional.of(Long.toUnsignedString(backup().systemIdentifier())),
                Optional.of(backup().version()));
    }

    @Override
    public Optional<Instant> planned() {
        return Optional.of(settings.listener().begun());
    }

    @Override
    public Map<Phase, Duration> times() {
        return settings.listener().planning();
    }

    /** For logs: what is to be restored from which backup, the verdict, and what it comes to. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder("restore of " + participants() + ", backup " + backup().label() + ": " + verdict);
        if (order != null) {
            text.append(", ").append(actions().size()).append(" changes, ");
            text.append(bytes().total()).append(" bytes to read, ");
            text.append(kept.bytes()).append(" bytes stay");
        }
        problems.forEach(problem -> text.append("; ").append(problem.message()));
        return text.toString();
    }

    @Override
    public List<Problem> problems() {
        return problems;
    }

    @Override
    public List<FileAction> actions() {
        return order == null ? List.of() : order.actions();
    }

    @Override
    public CopiedBytes bytes() {
        return order == null ? new CopiedBytes(0, 0, 0, 0, 0) : order.bytes(order.actions());
    }

    @Override
    public Kept kept() {
        return kept;
    }

    @Override
    public EvidenceUsed evidence() {
        return evidence;
    }

    /** What is to be executed, if the verdict is {@code RESTORE}. */
    public Order order() {
        if (order == null) {
            throw new IllegalStateException("nothing to execute: the verdict is " + verdict);
        }
        return order;
    }

    @Override
    public RestoreReport execute() {
        return switch (verdict) {
            case REFUSED -> throw new RewindRefusedException(problems);
            case RESTORE -> {
                requireFirst();
                createTarget(settings.target());
                RewindReport done = Execution.execute(order());
                isExecuted.set(true);
                yield report(done);
            }
            case RESUME ->
                report(Resumption.resume(
                                settings.target(),
                                settings.durability(),
                                Verifier.of(settings.verify()),
                                settings.listener())
                        .orElseThrow(PlannedRestore::finishedElsewhere));
        };
    }

    /** What failed and left the target untouched may be tried again; what was done may not. */
    private void requireFirst() {
        if (isExecuted.get()) {
            throw new RewindException(
                    TargetState.UNTOUCHED,
                    "",
                    new Problem(
                            Problem.Kind.PLAN_EXECUTED,
                            Side.TARGET,
                            settings.target().toString(),
                            "the plan for \"" + settings.target() + "\" was executed before",
                            "plan again to see whether anything is left to do."),
                    null);
        }
    }

    private static RewindException finishedElsewhere() {
        return new RewindException(
                TargetState.UNTOUCHED,
                "",
                new Problem(
                        Problem.Kind.TARGET_CHANGED,
                        "the interrupted restore was finished by somebody else since it was planned",
                        "plan again."),
                null);
    }

    private RestoreReport report(RewindReport done) {
        return RestoreReport.of(
                verdict, backup().label(), kept, done.toBuilder().times(times()).build());
    }

    private static void createTarget(Path target) {
        if (!Files.isDirectory(target)) {
            try {
                Path parent = target.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.createDirectory(
                        target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (IOException e) {
                throw TargetFailure.of("restore", target, "", TargetState.UNTOUCHED, e);
            }
        }
    }
}
