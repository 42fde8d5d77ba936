package org.pgrewind4j.examples.pgrewind;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.RewindStatus;
import org.pgrewind4j.core.StandbySettings;
import org.pgrewind4j.core.Warning;
import org.pgrewind4j.core.archive.RestoredWal;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.live.PrimaryConninfo;

/** One run of the command, once its options are known. */
final class RewindJob {

    private final Options options;
    private final Messages messages;
    private final Inputs inputs;
    private final ProgressText progress;
    private final PlanLines lines;
    private final Outcome outcome;

    RewindJob(Options options, Messages messages, PrintStream out) {
        this.options = options;
        this.messages = messages;
        this.inputs = new Inputs(options, messages);
        this.progress = new ProgressText(messages, ProgressText.Display.of(options));
        this.lines = new PlanLines(messages, options);
        this.outcome = new Outcome(out, options);
    }

    /** Returns whether it succeeded. */
    boolean run() throws UsageException {
        boolean succeeded = false;
        try {
            requireDirectory();
            LogLines.show(messages, options);
            succeeded = options.resumes() ? resume() : rewind();
        } catch (RewindException e) {
            fail(e);
            if (e.targetState() == RewindException.TargetState.RESUMABLE) {
                messages.hint("Run the same command again, or with --resume.");
            }
        } catch (IOException | PgRewindException | IllegalArgumentException e) {
            fail(e);
        }
        outcome.print(succeeded ? 0 : PgRewind.FAILED);
        return succeeded;
    }

    private void fail(Exception e) {
        String message = describe(e);
        outcome.failed(message, e);
        messages.error(message);
    }

    private static String describe(Exception e) {
        if (e instanceof NoSuchFileException) {
            return "could not open file \"" + e.getMessage() + "\" for reading: No such file or directory";
        } else if (e instanceof AccessDeniedException) {
            return "could not open file \"" + e.getMessage() + "\": Permission denied";
        }
        return Optional.ofNullable(e.getMessage()).orElse(e.toString());
    }

    private void requireDirectory() throws IOException {
        if (!Files.isDirectory(options.target())) {
            throw new IOException("could not read permissions of directory \"" + options.targetName()
                    + "\": No such file or directory");
        }
    }

    private boolean resume() {
        Optional<RewindReport> report = Rewind.resume(options.target(), progress, options.verify());
        if (report.isPresent()) {
            outcome.report(report.get());
            messages.info("an interrupted rewind was finished");
            messages.info("Done!");
        } else {
            messages.info("no interrupted rewind to finish");
        }
        return true;
    }

    private boolean rewind() throws IOException, UsageException {
        try (RestoredWal archive = inputs.archive().orElse(null)) {
            Transport source;
            try {
                source = inputs.source();
            } catch (IOException e) {
                fail(e);
                hintAtInterrupted();
                return false;
            }
            try (source) {
                Rewind rewind = Rewind.of(options.target())
                        .from(source)
                        .blockSelection(options.blockSelection())
                        .compare(options.compare())
                        .durability(options.durability())
                        .verify(options.verify())
                        .listener(progress);
                options.jobs().ifPresent(rewind::threads);
                options.salvage().ifPresent(rewind::salvage);
                options.tablespaces().tell(rewind);
                inputs.walArchives().forEach(rewind::walFrom);
                if (archive != null) {
                    rewind.walFrom(archive);
                }
                return rewind(rewind);
            }
        }
    }

    /** What an interrupted rewind left to do needs no source, but only its source tells that it was for this one. */
    private void hintAtInterrupted() {
        Rewind.status(options.target())
                .map(RewindStatus::state)
                .filter(state -> state == RewindStatus.State.SEALED || state == RewindStatus.State.HALF_APPLIED)
                .ifPresent(state -> messages.hint(
                        "An interrupted rewind of the target can be finished without its source: run with --resume."));
    }

    private boolean rewind(Rewind rewind) throws IOException, UsageException {
        if (options.wantsCleanTarget() && !CleanShutdown.of(options.target())) {
            throw new IOException("target server must be shut down cleanly");
        }
        if (options.writesRecoveryConf()) {
            // As the original: whoever gives a password there wants the standby to have it.
            rewind.standby(StandbySettings.of(
                    PrimaryConninfo.of(options.sourceServer().orElseThrow(), PrimaryConninfo.Secrets.KEEP)));
        }
        RewindPlan plan = rewind.plan();
        outcome.plan(plan);
        progress.expect(plan);
        plan.divergence().ifPresent(lines::tell);
        Optional<Path> report = options.report();
        if (report.isPresent()) {
            new LostReport(messages).write(rewind.lost(), plan.verdict(), report.get());
        }
        return carryOut(plan);
    }

    private boolean carryOut(RewindPlan plan) {
        switch (plan.verdict()) {
            case REFUSED -> {
                new Refusal(messages, options.targetName()).tell(plan.problems());
                return false;
            }
            case NOT_NEEDED, CAN_FOLLOW, ALREADY_REWOUND -> {
                messages.info("no rewind required");
                execute(plan);
            }
            case RESUME -> {
                messages.info("an earlier rewind was interrupted and is to be finished");
                execute(plan);
                messages.info("Done!");
            }
            case REWIND, COMPARE -> {
                lines.tell(plan);
                execute(plan);
                messages.info("Done!");
            }
        }
        return true;
    }

    private void execute(RewindPlan plan) {
        plan.warnings().forEach(this::tell);
        if (!options.isDryRun()) {
            RewindReport report = plan.execute();
            outcome.report(report);
            report.warnings().stream()
                    .filter(warning -> !plan.warnings().contains(warning))
                    .forEach(this::tell);
        }
    }

    private void tell(Warning warning) {
        messages.warning(warning.message());
        messages.hint(warning.advice());
    }
}
