package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.FileAction;
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
import org.pgrewind4j.core.restore.RestorePlan;
import org.pgrewind4j.core.restore.RestoreReport;
import org.pgrewind4j.core.restore.RestoreVerdict;
import org.pgrewind4j.transport.backup.BackupFacts;

/** The plan of a real restore. */
public final class PlannedRestore implements RestorePlan {

    private final RestoreSettings settings;
    private final RestoreVerdict verdict;
    private final List<Problem> problems;
    private final Kept kept;
    private final @Nullable Order order;

    private PlannedRestore(
            RestoreSettings settings,
            RestoreVerdict verdict,
            List<Problem> problems,
            Kept kept,
            @Nullable Order order) {
        this.settings = settings;
        this.verdict = verdict;
        this.problems = List.copyOf(problems);
        this.kept = kept;
        this.order = order;
    }

    static PlannedRestore refused(RestoreSettings settings, List<Problem> problems) {
        return new PlannedRestore(settings, RestoreVerdict.REFUSED, problems, new Kept(0, 0), null);
    }

    static PlannedRestore resume(RestoreSettings settings) {
        return new PlannedRestore(settings, RestoreVerdict.RESUME, List.of(), new Kept(0, 0), null);
    }

    static PlannedRestore restore(RestoreSettings settings, Order order, Kept kept) {
        return new PlannedRestore(settings, RestoreVerdict.RESTORE, List.of(), kept, order);
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
                createTarget(settings.target());
                yield report(Execution.execute(order()));
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
        return RestoreReport.of(verdict, backup().label(), kept, done);
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
