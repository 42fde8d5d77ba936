package org.pgrewind4j.examples.pgbackrest;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.RewindStatus;
import org.pgrewind4j.core.TablespacePolicy;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.restore.DeltaRestore;
import org.pgrewind4j.core.restore.Evidence;
import org.pgrewind4j.core.restore.Replaceable;
import org.pgrewind4j.core.restore.RestorePlan;
import org.pgrewind4j.core.restore.RestoreReport;
import org.pgrewind4j.core.restore.RestoreVerdict;
import org.pgrewind4j.transport.archive.WalArchive;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.transport.pgbackrest.BackrestBackup;

/** One run of the command, once its options are known. */
final class RestoreJob {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final Path DEFAULT_SPOOL = Path.of("/var/spool/pgbackrest");

    private final RestoreOptions options;
    private final Log log;
    private final PrintStream out;

    RestoreJob(RestoreOptions options, Log log, PrintStream out) {
        this.options = options;
        this.log = log;
        this.out = out;
    }

    ExitStatus run() throws OptionException, IOException {
        Path target = Path.of(options.required("pg-path"));
        if (!options.is("resume")) {
            options.required("stanza");
        }
        if (!options.is("force")) {
            TargetContents.requireNoServer(target);
        }
        if (options.is("resume")) {
            resume(target);
            return ExitStatus.SUCCESS;
        }
        if (!isToBeFinished(target)) {
            requireReplaceable(target);
        }
        BackupChoice.Chosen chosen = new BackupChoice(options, log).open();
        try (BackrestBackup backup = chosen.backup()) {
            tell(chosen.repository(), backup.facts());
            RestorePlan plan = restore(target, backup).plan();
            if (plan.verdict() == RestoreVerdict.RESTORE) {
                // What was sealed is void once a server was started since.
                requireReplaceable(target);
            }
            return carryOut(plan);
        }
    }

    /** Whether an interrupted execution has left a seal: what it has written so far is not to be kept for anybody. */
    private static boolean isToBeFinished(Path target) {
        return DeltaRestore.status(target)
                .map(RewindStatus::state)
                .filter(state -> state == RewindStatus.State.SEALED || state == RewindStatus.State.HALF_APPLIED)
                .isPresent();
    }

    private void requireReplaceable(Path target) throws OptionException, IOException {
        if (!options.is("delta") && !options.is("force")) {
            TargetContents.requireEmpty(target, options.type().equals("preserve"));
        }
    }

    private Verify verify() throws OptionException {
        return options.is("verify") ? Verify.RESULT : Verify.NOTHING;
    }

    private void resume(Path target) throws OptionException {
        Optional<RewindReport> report = DeltaRestore.resume(target, RewindListener.none(), verify());
        log.info(report.isPresent() ? "an interrupted restore was finished" : "no interrupted restore to finish");
        if (options.is("json") && report.isPresent()) {
            out.print(report.get().toJson());
        }
    }

    private void tell(int repository, BackupFacts facts) {
        log.info("repo" + repository + ": restore backup set " + facts.label()
                + (facts.isOnline() ? ", recovery will start at " + TIME.format(facts.startTime()) : ""));
    }

    private DeltaRestore restore(Path target, BackrestBackup backup) throws OptionException {
        DeltaRestore restore = DeltaRestore.of(target)
                .from(backup)
                .recovery(new RecoveryOptions(options).goal(backup.facts().isOnline()))
                // As pgBackRest: whoever does not map tablespaces has them where they were.
                .newTablespaces(TablespacePolicy.anywhere())
                .verify(verify());
        options.value("evidence")
                .map(text -> Evidence.valueOf(text.toUpperCase(Locale.ROOT)))
                .ifPresent(restore::evidence);
        for (String directory : options.list("wal-from")) {
            restore.walFrom(WalArchive.of(absolute("wal-from", directory)));
        }
        if (options.is("force")) {
            restore.replacing(Replaceable.ANY_CLUSTER);
        }
        options.value("process-max").map(Integer::valueOf).ifPresent(restore::threads);
        for (Map.Entry<String, String> entry : options.map("tablespace-map").entrySet()) {
            restore.mapTablespace(entry.getKey(), absolute("tablespace-map", entry.getValue()));
        }
        Optional<String> all = options.value("tablespace-map-all");
        if (all.isPresent()) {
            restore.mapTablespaces(absolute("tablespace-map-all", all.get()));
        }
        return restore;
    }

    private static Path absolute(String option, String text) throws OptionException {
        Path path = Path.of(text);
        if (!path.isAbsolute()) {
            throw OptionException.value("'" + text + "' must begin with / for '" + option + "' option");
        }
        return path;
    }

    private ExitStatus carryOut(RestorePlan plan) throws OptionException, IOException {
        boolean isDryRun = options.is("dry-run");
        boolean isRefused = plan.verdict() == RestoreVerdict.REFUSED;
        if (options.is("json") && (isDryRun || isRefused)) {
            out.print(plan.toJson());
        }
        if (isRefused) {
            for (Problem problem : plan.problems()) {
                log.error(Failure.status(problem), problem.message() + "\nHINT: " + problem.cure());
            }
            return Failure.status(plan.problems().get(0));
        }
        for (Problem reason : plan.evidence().problems()) {
            log.warn("contents are compared, for WAL does not tell what differs: " + reason.message());
        }
        if (isDryRun) {
            tell(plan);
            return ExitStatus.SUCCESS;
        }
        TargetContents.removeSpooled(options.path("spool-path", 1).orElse(DEFAULT_SPOOL), options.required("stanza"));
        RestoreReport report = plan.execute();
        if (options.is("json")) {
            out.print(report.toJson());
        }
        log.info(String.format(
                Locale.ROOT,
                "restored backup set %s: %,d bytes written, %,d files of %,d bytes kept, %,d files removed",
                report.label(),
                report.bytes().total(),
                report.kept().files(),
                report.kept().bytes(),
                report.filesRemoved()));
        return ExitStatus.SUCCESS;
    }

    private void tell(RestorePlan plan) throws OptionException {
        if (!options.is("json")) {
            out.printf(
                    Locale.ROOT,
                    "would restore backup set %s (%s): %,d files of %,d bytes stay, %,d bytes of the backup to be read, %,d"
                            + " actions, by the evidence of %s%n",
                    plan.backup().label(),
                    plan.verdict(),
                    plan.kept().files(),
                    plan.kept().bytes(),
                    plan.bytes().total(),
                    plan.actions().size(),
                    plan.evidence().evidence() == Evidence.WAL ? "WAL" : "contents");
        }
    }
}
