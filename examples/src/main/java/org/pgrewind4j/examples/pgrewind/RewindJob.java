package org.pgrewind4j.examples.pgrewind;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.RestoreCommand;
import org.pgrewind4j.core.RestoredWal;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.StandbySettings;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.LiveServerBuilder;
import org.pgrewind4j.transport.LiveServerTransport;
import org.pgrewind4j.transport.LocalDirectoryTransport;
import org.pgrewind4j.transport.PrimaryConninfo;
import org.pgrewind4j.transport.Transport;

/** One run of the command, once its options are known. */
final class RewindJob {

    private static final long MEGABYTE = 1 << 20;

    private final Options options;
    private final Messages messages;
    private final ProgressText progress;
    private final Outcome outcome;

    RewindJob(Options options, Messages messages, PrintStream out) {
        this.options = options;
        this.messages = messages;
        this.progress = new ProgressText(messages, ProgressText.Display.of(options));
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
        outcome.print();
        return succeeded;
    }

    private void fail(Exception e) {
        String message = Optional.ofNullable(e.getMessage()).orElse(e.toString());
        outcome.failed(message, e);
        messages.error(message);
    }

    private void requireDirectory() throws IOException {
        if (!Files.isDirectory(options.target())) {
            throw new IOException("could not read permissions of directory \"" + options.targetName()
                    + "\": No such file or directory");
        }
    }

    private boolean resume() {
        Optional<RewindReport> report = Rewind.resume(options.target(), progress);
        report.ifPresent(outcome::report);
        messages.info(report.isPresent() ? "Done!" : "no interrupted rewind to finish");
        return true;
    }

    private boolean rewind() throws IOException, UsageException {
        try (RestoredWal archive = archive();
                Transport source = source()) {
            if (options.wantsCleanTarget() && !CleanShutdown.of(options.target())) {
                throw new IOException("target server must be shut down cleanly");
            }
            Rewind rewind = Rewind.of(options.target())
                    .from(source)
                    .blockSelection(options.blockSelection())
                    .durability(options.durability())
                    .listener(progress);
            options.jobs().ifPresent(rewind::threads);
            if (archive != null) {
                rewind.walFrom(archive);
            }
            if (options.writesRecoveryConf()) {
                // As the original: whoever gives a password there wants the standby to have it.
                rewind.standby(StandbySettings.of(
                        PrimaryConninfo.of(options.sourceServer().orElseThrow(), PrimaryConninfo.Secrets.KEEP)));
            }
            RewindPlan plan = rewind.plan();
            outcome.plan(plan);
            return carryOut(plan);
        }
    }

    private @Nullable RestoredWal archive() throws IOException, UsageException {
        if (!options.restoresWal()) {
            return null;
        }
        Path target = options.target();
        RestoreCommand command = (options.configFile().isPresent()
                        ? RestoreCommand.configured(target, options.configFile().get())
                        : RestoreCommand.configured(target))
                .orElseThrow(() -> new IOException("restore_command is not set in the target cluster"));
        if (options.isDebug()) {
            messages.debug("using for rewind restore_command = '" + command + "'");
        }
        RestoredWal wal =
                options.restoreTimeout().map(command::timeout).orElse(command).open(target);
        // An interrupted command must not leave the archive's WAL in the target.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(wal), "remove-restored-wal"));
        return wal;
    }

    private void remove(RestoredWal wal) {
        try {
            wal.close();
        } catch (IOException e) {
            messages.warning("could not remove what was restored: " + e.getMessage());
        }
    }

    private Transport source() throws IOException, UsageException {
        if (options.sourceDirectory().isPresent()) {
            return LocalDirectoryTransport.open(options.sourceDirectory().get());
        }
        LiveServerBuilder builder =
                LiveServerTransport.ofConnectionString(options.sourceServer().orElseThrow());
        options.jobs().ifPresent(builder::connections);
        options.statementTimeout()
                .ifPresent(time -> builder.timeouts(builder.timeouts().withStatement(time)));
        options.timeout().ifPresent(time -> builder.timeouts(builder.timeouts().withOverall(time)));
        LiveServerTransport server = builder.open();
        if (options.showsProgress()) {
            messages.info("connected to server");
        }
        return server;
    }

    private boolean carryOut(RewindPlan plan) {
        plan.divergence().ifPresent(this::tell);
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
                messages.info("an earlier rewind was interrupted and is finished now");
                execute(plan);
                messages.info("Done!");
            }
            case REWIND -> {
                tell(plan);
                execute(plan);
                messages.info("Done!");
            }
        }
        return true;
    }

    private void execute(RewindPlan plan) {
        if (!options.isDryRun()) {
            outcome.report(plan.execute());
        }
    }

    private void tell(Divergence divergence) {
        messages.info(
                divergence.kind() == Divergence.Kind.SAME_TIMELINE
                        ? "source and target cluster are on the same timeline"
                        : "servers diverged at WAL location " + divergence.position() + " on timeline "
                                + divergence.timeline());
    }

    private void tell(RewindPlan plan) {
        messages.info("rewinding from last common checkpoint at "
                + plan.checkPoint().orElseThrow() + " on timeline "
                + plan.checkPointTimeline().orElseThrow());
        if (options.isDebug()) {
            for (FileAction action : plan.actions()) {
                messages.debug(action.path() + " (" + name(action) + ")");
            }
        }
        if (options.showsProgress()) {
            messages.info("need to copy " + plan.bytes().total() / MEGABYTE + " MB (total source directory size is "
                    + plan.sourceBytes() / MEGABYTE + " MB)");
        }
    }

    /** The original's names where the action is one of its own. */
    private static String name(FileAction action) {
        if (action instanceof FileAction.CopyFile) {
            return "COPY";
        } else if (action instanceof FileAction.Truncate) {
            return "TRUNCATE";
        } else if (action instanceof FileAction.CreateDirectory || action instanceof FileAction.CreateTablespaceLink) {
            return "CREATE";
        } else if (action instanceof FileAction.RemoveFile || action instanceof FileAction.RemoveDirectory) {
            return "REMOVE";
        }
        return action instanceof FileAction.CopyRanges ? "COPY_BLOCKS" : "WRITE";
    }
}
